//! French words for closed codes: reasons, restrictions, findings, faults, notices, languages. Blanks as in the glossary.

use super::super::glossary::{
    Faults, Findings, FindingsMore, Languages, Notices, PhotoFaults, PhotoNotices, Reasons, Restrictions,
};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "En attente d’expédition",
    partly_shipped: "Expédiée en partie seulement",
    shop_paused: "Invitations en pause",
    no_public_url: "Service sans adresse publique",
    no_mail_server: "Service sans serveur de messagerie",
    transport_held: "Envoi d’e-mails suspendu pour le moment",
    sending_paused: "Envoi en pause\u{a0}: trop d’e-mails de la boutique ont été refusés",
    sending_stopped: "Envoi arrêté\u{a0}: trop d’e-mails de la boutique ont été refusés",
    stopped_by_operator: "Envoi de la boutique arrêté par l’exploitant du service",
    instance_paused: "Envoi suspendu par l’exploitant du service",
    no_email: "Pas d’adresse e-mail",
    invalid_email: "Adresse e-mail non valide",
    address_gone: "Adresse déjà effacée",
    order_cancelled: "Commande annulée",
    order_refunded: "Commande remboursée",
    customer_erased: "Le client a demandé l’effacement de ses données",
    too_old: "Commande annoncée trop tard",
    no_legal_basis: "Pas de base légale pour écrire",
    below_minimum: "Sous le montant minimum choisi par la boutique",
    nothing_to_review: "Rien à évaluer",
    unsubscribed: "Le client ne veut pas de ces e-mails",
    address_bounced: "L’adresse n’existe pas",
    complained: "Le client a signalé ces e-mails comme indésirables",
    suppressed_by_operator: "Adresse exclue par l’exploitant",
    frequency_cap: "Client déjà invité récemment",
    cancelled_by_shop: "Invitation annulée par la boutique",
    shop_closed: "Boutique fermée",
    shop_suspended: "Boutique suspendue",
    window_closed: "Délai pour écrire dépassé",
    hard_bounce: "Boîte inexistante",
    mail_refused: "E-mail refusé par le serveur",
    mail_delayed: "Envoi différé par le serveur",
    soft_bounces: "Boîte qui ne reçoit rien",
    unknown_outcome: "Remise incertaine",
    mail_not_built: "E-mail non composé",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenu illicite",
    personal_data: "données personnelles d’autrui",
    hate_or_threat: "haine ou menaces",
    not_about_the_purchase: "sans rapport avec l’achat",
    conflict_of_interest: "conflit d’intérêts",
    court_order: "décision de justice",
};

pub(super) const FINDINGS: Findings = Findings {
    stands: "Le certificat est authentique",
    edited_since: "Le certificat est authentique, l’avis a été modifié",
    words_dropped: "Le certificat est authentique, le texte n’existe plus",
    words_differ: "L’avis ne correspond pas au certificat",
    restricted: "Le certificat est authentique, l’avis est masqué",
    erased: "Le certificat est authentique, l’avis a été supprimé",
    review_missing: "Le certificat est authentique, l’avis est introuvable",
    not_a_certificate: "Ceci n’est pas un certificat",
    other_algorithm: "Ceci n’est pas signé comme un certificat",
    other_type: "Ceci n’est pas le certificat d’un avis",
    foreign_issuer: "Ce certificat n’est pas de nous",
    unknown_key: "La clé n’est pas la nôtre",
    bad_signature: "Certificat falsifié ou altéré",
    unreadable_claims: "Certificat illisible",
    not_yet_valid: "Le certificat n’est pas encore valable",
    expired: "Le certificat a expiré",
};

pub(super) const FINDINGS_MORE: FindingsMore = FindingsMore {
    stands: "Nous l’avons émis, personne ne l’a altéré, et l’avis publié aujourd’hui est bien celui qui a été certifié.",
    edited_since: "L’auteur a modifié l’avis après l’émission. La version certifiée se lit encore parmi les précédentes, et elle est identique.",
    words_dropped: "L’auteur a modifié l’avis après l’émission et a retiré le texte certifié\u{a0}: on ne peut plus le comparer.",
    words_differ: "Nous l’avons émis et personne ne l’a altéré, mais ce qui est publié aujourd’hui n’est pas ce qui a été certifié. L’exploitant de ce service doit expliquer pourquoi.",
    restricted: "Nous l’avons émis et personne ne l’a altéré. L’exploitant a depuis masqué l’avis, qui n’est plus lisible.",
    erased: "Nous l’avons émis et personne ne l’a altéré. La personne qui l’a écrit l’a depuis supprimé, comme elle en a le droit.",
    review_missing: "Nous l’avons émis et personne ne l’a altéré, mais l’avis n’est pas ici. L’exploitant de ce service doit expliquer pourquoi.",
    not_a_certificate: "Un certificat est un texte en trois parties séparées par des points, qui commence par eyJ. Copiez-le en entier depuis la page de l’avis.",
    other_algorithm: "Les certificats sont signés d’une seule façon (EdDSA). Celui-ci dit l’être autrement, ou pas du tout\u{a0}: il ne prouve rien.",
    other_type: "C’est un texte signé pour un autre usage\u{a0}: ici, il ne prouve rien.",
    foreign_issuer: "Il désigne un autre service comme émetteur. Seul ce service peut dire s’il est authentique\u{a0}: vérifiez-le là-bas.",
    unknown_key: "Il n’a pas été signé avec l’une de nos clés, ou cette clé a été retirée\u{a0}: il ne prouve rien.",
    bad_signature: "La signature ne correspond pas au contenu\u{a0}: quelqu’un l’a inventé ou modifié. Il ne prouve rien.",
    unreadable_claims: "Le contenu n’a pas la forme d’un certificat\u{a0}: il ne prouve rien.",
    not_yet_valid: "Il dit n’être valable qu’à partir d’une date future\u{a0}: pour l’instant, il ne prouve rien.",
    expired: "Il dit lui-même n’être plus valable.",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Choisissez comment cela s’est passé\u{a0}: c’est la seule chose nécessaire.",
    stars_invalid: "Choisissez de 1 à 5 étoiles.",
    too_long: "C’est trop long\u{a0}: raccourcissez un peu.",
    item_stars_missing: "Vous avez parlé de ce produit\u{a0}: dites aussi ce qu’il vaut.",
    empty: "Écrivez quelque chose avant de publier.",
    unreadable: "Ce texte contient des caractères que nous ne pouvons pas enregistrer\u{a0}: veuillez le réécrire.",
};

pub(super) const NOTICES: Notices = Notices {
    edited: "Les modifications sont publiées.",
    version_dropped: "Le texte de cette version a été retiré.",
    answered: "Votre réponse est publique.",
    erased: "L’avis a été supprimé.",
};

pub(super) const LANGUAGES: Languages = Languages {
    it: "italien",
    en: "anglais",
    de: "allemand",
    fr: "français",
    es: "espagnol",
    pt: "portugais",
    nl: "néerlandais",
    pl: "polonais",
    und: "autre langue",
};

pub(super) const PHOTO_FAULTS: PhotoFaults = PhotoFaults {
    none: "Aucune photo n’a été choisie.",
    unknown: "L’un des fichiers n’est pas une photo JPEG, PNG ou WebP.",
    broken: "L’une des photos est abîmée ou n’est pas arrivée entière.",
    animated: "Les images animées ne peuvent pas être ajoutées.",
    too_large: "L’une des photos dépasse 40 mégapixels.",
    too_heavy: "Les photos sont trop lourdes pour un seul envoi. Envoyez-les une par une.",
    too_many: "Un avis peut avoir cinq photos\u{a0}: toutes celles que vous avez choisies n’ont pas été ajoutées.",
};

pub(super) const PHOTO_NOTICES: PhotoNotices = PhotoNotices {
    added: "Les photos sont publiques.",
    removed: "La photo est retirée.",
    described: "La description est publique.",
};
