//! French words for closed codes: reasons, restrictions, faults, notices, languages. Blanks as in the glossary.

use super::super::glossary::{Faults, Languages, Notices, Reasons, Restrictions};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "En attente d’expédition",
    partly_shipped: "Expédiée en partie seulement",
    shop_paused: "Invitations en pause",
    no_public_url: "Service sans adresse publique",
    no_mail_server: "Service sans serveur de messagerie",
    transport_held: "Envoi d’e-mails suspendu pour le moment",
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
    unsubscribed: "Le client ne veut pas d’invitations",
    address_bounced: "L’adresse n’existe pas",
    complained: "Le client a signalé ces e-mails comme indésirables",
    suppressed_by_operator: "Adresse exclue par l’exploitant",
    frequency_cap: "Client déjà invité récemment",
    cancelled_by_shop: "Invitation annulée par la boutique",
    shop_closed: "Boutique fermée",
    shop_suspended: "Boutique suspendue",
    window_closed: "Délai pour écrire dépassé",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenu illicite",
    personal_data: "données personnelles d’autrui",
    hate_or_threat: "haine ou menaces",
    not_about_the_purchase: "sans rapport avec l’achat",
    conflict_of_interest: "conflit d’intérêts",
    court_order: "décision de justice",
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
