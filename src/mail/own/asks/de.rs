//! German, with umlauts folded to their vowels.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "stern sterne sternen sternchen",
    five: "5 funf funften funfte funfter funfsterne",
    fewer: "1 2 3 4 ein einen zwei drei vier",
    to: "bis und",
    one: "1 ein einen einem eins",
    out_of: "von",
    starred: "sternlilien weihnachtssterne lilien gasthaus gasthof herberge wirtshaus bild gemalde schiff kreuzfahrt kissen lampe flagge hotel hotels resort restaurant haus pension spa lodge film buch cognac weinbrand kuche superior energie energiebewertung luxus",
    review: "bewertung bewertungen rezension rezensionen beurteilung feedback kommentar kommentare note noten meinung urteil punktzahl rating review sternebewertung topbewertung ruckmeldung",
    tell: "bewertet uns bewerten bewerte rezensieren weitersagen",
    good: "hoh* hohe positiv* gut gute guten guter gutes nett nette netten nettes netter lieb* begeistert* hervorragend* ausgezeichnet* top super toll* exzellent* wohlwollend* schone schones schonen schoner",
    bad: "negativ* schlecht* kritisch* mangelhaft*",
    asking: "freundlicherweise voraus beloh* vertrau* hoff* dank* helf* enttausch* zeig* vergess* genug* gib gibt bitte bitten geben gebt gib vergeben vergebt hinterlassen hinterlasst lassen lasst schenken schenkt schenk klicken klickt tippen wahlen wahlt wahle auswahlen senden helfen helft hilf unterstutzen unterstutzt belohnen belohnt dankbar danken freuen freude hoffen wunschen mochten konnten konnen wurden wurde wurde zahlen verdient verdienen zeigen sagen bewerten bewertet halten bedeutet hilft brauchen machen schreiben schreibt",
    person: "uns unser unsere unserem unseren unserer wir sie ihr ihre ihrer ihren ihrem ihnen dir dich deine du euch eure",
    not: "nicht nie kein keinen",
    top: "volle punktzahl|vollen punktzahl|hochste punktzahl|hochste bewertung|hochste note|hochsten bewertung|beste note|beste bewertung|bestnote|hochstnote|bestnoten|hochstpunktzahl|bestbewertung|alle sterne|zehn von zehn|10 von 10",
    below: "weniger als|unter funf|unter 5|alles unter|schlechter als",
    fail: "durchgefallen schadet schaden strafe bestraft versagen",
    if_: "wenn falls sofern nur",
    happy: "glucklich lacheln zufrieden gefallen gefallt glucklich begeistert freude",
    unhappy: "nicht ~ zufrieden/gefallen|unzufrieden|nicht ~ glucklich",
    either: "oder nicht|und was nicht|ob ~ oder|was auch immer|auch wenn ~ nicht|genauso|sowohl",
    contact: "rufen anrufen telefonieren melden kontaktieren schreiben rufen sagen wenden sprechen",
    instead: "bevor sie|bevor du|bevor ihr|statt|anstatt|anstelle",
    reward: "rabatt|gutschein|geschenk|pramie|gewinnspiel|nachlass|cashback|erstattung|verlosung|einen preis|treuepunkte|guthaben",
    plain: "bewerten/bewerte/bewertet/urteilen ~ grosszugig/wohlwollend/milde|nur uns|verloren* stern*|wie sehr ~ lieben/mogen/gefallt|warum sie ~ lieben|gutes wort|freundliches wort|nettes wort|seien/seid/sei ~ milde/mild/nachsichtig/gnadig/nett/freundlich/grosszugig ~ urteil/bewertung/uns|seien/seid/sei ~ nett/freundlich/gnadig/grosszugig/nachsichtig/lieb ~ bewertung/sternen/uns/beurteilung/noten/note|seien/seid/sei ~ nicht ~ streng/hart|nicht so streng|etwas/was ~ nettes/gutes/schones/positives ~ uns|nur ~ nette/gute/freundliche/liebe worte|kompliment/komplimente|druck* ~ ein auge zu|auge zudrucken",
};
