//! Italian.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "stella stelle stellina stelline",
    five: "5 cinque quinta",
    fewer: "1 2 3 4 una due tre quattro",
    to: "a e alle",
    one: "1 una uno",
    out_of: "su",
    starred: "natale marine mare locanda pensione quadro dipinto rifugio agriturismo trattoria crociera nave gala bandiera cuscino lampada hotel albergo alberghi resort ristorante spa villaggio residence pensione lodge film libro cognac brandy classe energetica efficienza superior lusso",
    review: "recensione recensioni valutazione valutazioni voto voti giudizio giudizi feedback commento commenti opinione parere punteggio rating review",
    tell: "recensiscici valutarci votarci giudicaci giudicateci votateci recensisci recensirci recensiteci raccontalo raccontatelo diccelo ditecelo valutaci votaci",
    good: "alto positivo positiv* bel bell* buon* ottim* eccellent* splendid* fantastic* favorevol* entusiast* meraviglios* top alto alta carin* gentil*",
    bad: "negativ* brutt* cattiv* pessim* scars* criti*",
    asking: "grazie dillo ditelo preghiamo evita evitate premi* aiut* confid* ringrazi* cont* sper* regal* delud* punt* valutar* lascia lasci lasciate lasciaci lasciateci lasciarci lasciare lasciarne lasciandoci dai date dacci dateci darci darcela dia metti mettici metterci mettete scrivi scriveteci scrivici scriverci assegna assegnaci assegnarci assegnate regala regalaci regalateci regalarci dona donaci premia premiaci premiateci vota votate clicca cliccate tocca scegli scegliete seleziona selezionate chiediamo chiedo vorremmo vorrei vogliamo piacerebbe piacere speriamo spero contiamo conto aiutaci aiutateci aiutarci aiuterebbe aiuteresti aiuta sostieni sostienici sostenete supporta grati grato grate gradiremmo apprezzeremmo meritare meritiamo meritato meritiamo facci fai fate farci favore conta contano oro dimentica* mantenere ringraziamo anticipo attendiamo aspettiamo felice felici penalizz* prego merita",
    person: "ci darci metterci noi nostro nostra nostri nostre ti te tuo tua tuoi tue voi vostro vostra vostre vi",
    not: "non mai",
    top: "massimo dei voti|massimo voto|voto massimo|punteggio massimo|massimo punteggio|punteggio pieno|pieni voti|voto piu alto|il massimo delle stelle|tutte le stelle|massima valutazione|valutazione massima|dieci e lode|10 e lode",
    below: "meno di|inferiore/inferiori a|sotto le|sotto i|al di sotto",
    fail: "bocciatura bocciati fallimento insufficienza penalizz* danneggia",
    if_: "se quando solo soltanto unicamente purche",
    happy: "sorridere sorriso soddisfatt* content* felice piaciut* bene benissimo",
    unhappy: "non ~ soddisfatt*/content*|insoddisfatt*|scontent*|non ~ piaciut*|non ~ bene",
    either: "o no|o meno|e che cosa no|bene e ~ male|sia ~ che|qualunque cosa|anche se non|che sia",
    contact: "telefona* chiama* segnalalo contattaci contattateci scrivici scriveteci chiamaci chiamateci parlane parlacene dillo dicci rivolgiti",
    instead: "non scriver*|non metter*|non parlarne|prima di|invece di|anziche|piuttosto che",
    reward: "sconto|sconti|buono sconto|buono regalo|un buono|coupon|omaggio|regalo|premio|rimborso|cashback|estrazione|concorso a premi|sorteggio|punti fedelta|credito",
    plain: "valut*/vot*/giudic*/recens* ~ generos*|solo/soltanto/unicamente a noi|stella/stelle pers*|ogni stella ~ vot*|quanto ti piac*|quanto vi piac*|buona parola|parola buona|una parola gentile|siate/sii ~ indulgent*/clement*/buon*/generos*/gentil* ~ giudizio/giudicare/recensione/voto/noi/stelle|sii/siate/sia ~ gentil*/buon*/generos*/clement*/indulgent*/comprensiv*|non essere/siate ~ sever*/dur*/cattiv*/crudel*|parla/parlate/parlane ~ bene di noi|parla bene|qualcosa di ~ carin*/bell*/buon*/gentil*/positiv* su ~ noi|parole ~ belle/gentili/buone ~ su|solo ~ parole belle/gentili/buone|solo ~ belle/gentili/buone parole|compliment* al/ai/alla ~ staff/squadra/team/personale/negozio|scrivi/scrivete/dicci/di solo ~ cose belle|mano/occhio ~ di riguardo|chiudi/chiudete un occhio",
};
