//! French.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "etoile etoiles",
    five: "5 cinq cinquieme",
    fewer: "1 2 3 4 une deux trois quatre",
    to: "a et",
    one: "1 un une",
    out_of: "sur",
    starred: "noel mer gite chambres maison tableau peinture navire croisiere coussin lampe drapeau hotel hotels resort restaurant auberge spa gite residence film livre cognac brandy energetique energie classe luxe superieur",
    review: "avis evaluation evaluations note notes notation commentaire commentaires retour retours feedback opinion critique appreciation temoignage",
    tell: "notez noter evaluer notez evaluez recommandez racontez-le",
    good: "haute positif positive positifs positives bon bonne bons bonnes bel belle beau excellent excellente favorable enthousiaste elogieux elogieuse gentil gentille super top genial parfait parfaite magnifique",
    bad: "negatif negative negatifs negatives mauvais mauvaise critiques",
    asking: "evitez recompens* esper* confian* remerci* aid* dece* montr* oubli* mett* donn* laiss* suffisent laissez laisser laissez-nous laissent donnez donner mettez mettre ecrivez cliquez cliquer appuyez choisissez selectionnez envoyez aidez aiderait aider aide soutenez recompensez offrez merci reconnaissants reconnaissant esperons esperer comptons comptez compter compte aimerions voudrions souhaitons demandons pourriez pouvez voulez merite meritons meriter faites faire notez attribuez accordez garder gardez dites plaisir aimerait besoin votez",
    person: "nous nos notre vous vos votre toi ton ta tes",
    not: "ne pas jamais",
    top: "note maximale|note maximum|meilleure note|note la plus haute|plus haute note|note la plus elevee|maximum de points|toutes les etoiles|dix sur dix|10 sur 10|la meilleure evaluation|notation maximale",
    below: "moins de|en dessous de|inferieur*/inferieure a|sous les",
    fail: "echec penalise penalisent nuit",
    if_: "si quand que seulement uniquement",
    happy: "joie sourire satisfait satisfaite satisfaits content contente contents plu heureux heureuse aime ravi ravie",
    unhappy: "pas ~ satisfait*/content*/plu/aime|insatisfait*|mecontent*",
    either: "ou non|ou pas|et ce qui ne|quoi que|meme si|autant que|soit ~ soit",
    contact: "appelez telephonez contactez ecrivez appelez dites parlez",
    instead: "ne l ecrivez pas|pas dans un avis|avant d|avant de|au lieu de|plutot que",
    reward: "offerte|offert|remise|reduction|cadeau|coupon|bon d achat|bon de|recompense|remboursement|tirage au sort|concours|points de fidelite|cagnotte",
    plain: "notez/evaluez/jugez ~ genereusement/generosite/gentiment|qu a nous|etoile/etoiles perdue*|combien vous aimez|pourquoi vous aimez|mot gentil|bon mot pour|soyez/sois ~ clement*/indulgent*/gentil*/bienveillant*/genereux ~ jugement/avis/note/evaluation/nous|soyez/sois ~ gentil*/indulgent*/genereux/genereuse*/clement*/bienveillant* ~ evaluation/avis/etoiles/note/nous|ne soyez/sois pas ~ severe*/dur*|quelque chose de ~ gentil/bien/beau/positif|dites ~ du bien|que ~ belles/gentilles/bonnes paroles|uniquement ~ belles/gentilles/bonnes paroles|compliment/compliments|fermez les yeux",
};
