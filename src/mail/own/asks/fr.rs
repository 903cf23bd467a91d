//! French.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "etoile etoiles",
    five: "5 cinq cinquieme",
    fewer: "1 2 3 4 une deux trois quatre",
    to: "a et",
    one: "1 un une",
    out_of: "sur",
    starred: "hotel hotels resort restaurant auberge spa gite residence film livre cognac brandy energetique energie classe luxe superieur",
    review: "avis evaluation evaluations note notes notation commentaire commentaires retour retours feedback opinion critique appreciation temoignage",
    tell: "notez evaluez recommandez racontez-le",
    good: "positif positive positifs positives bon bonne bons bonnes bel belle beau excellent excellente favorable enthousiaste elogieux elogieuse gentil gentille super top genial parfait parfaite magnifique",
    bad: "negatif negative negatifs negatives mauvais mauvaise critiques",
    asking: "laissez laisser laissez-nous laissent donnez donner mettez mettre ecrivez cliquez cliquer appuyez choisissez selectionnez envoyez aidez aiderait aider aide soutenez recompensez offrez merci reconnaissants reconnaissant esperons esperer comptons comptez compter compte aimerions voudrions souhaitons demandons pourriez pouvez voulez merite meritons meriter faites faire notez attribuez accordez garder gardez dites plaisir aimerait besoin votez",
    top: "note maximale|note maximum|meilleure note|note la plus haute|plus haute note|note la plus elevee|maximum de points|toutes les etoiles|dix sur dix|10 sur 10|la meilleure evaluation|notation maximale",
    below: "moins de|en dessous de|inferieur*/inferieure a|sous les",
    fail: "echec penalise penalisent nuit",
    if_: "si quand que seulement uniquement",
    happy: "satisfait satisfaite satisfaits content contente contents plu heureux heureuse aime ravi ravie",
    unhappy: "pas ~ satisfait*/content*/plu/aime|insatisfait*|mecontent*",
    either: "ou non|ou pas|et ce qui ne|quoi que|meme si|autant que|soit ~ soit",
    contact: "contactez ecrivez appelez dites parlez",
    instead: "avant de|au lieu de|plutot que",
    reward: "remise reduction cadeau coupon bon recompense remboursement avoir",
    plain: "soyez/sois ~ gentil*/indulgent*/genereux/genereuse*/clement*/bienveillant* ~ evaluation/avis/etoiles/note/nous|ne soyez/sois pas ~ severe*/dur*|quelque chose de ~ gentil/bien/beau/positif|dites ~ du bien|que ~ belles/gentilles/bonnes paroles|uniquement ~ belles/gentilles/bonnes paroles|compliment/compliments|fermez les yeux",
};
