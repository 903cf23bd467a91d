//! French: what a customer reads about their own data, and the page about privacy.

use crate::look::words::glossary::{Counted, Kept, MailKinds, MailStates, Mine, Privacy, Stays, Until, Wishes};

pub(super) const MINE: Mine = Mine {
    heading: "Ce qui est enregistré sur vous",
    lead: "Voici tout ce que la boutique {shop} a dans ce service au sujet de l’adresse à laquelle votre lien a été envoyé.",
    lead_order: "Ce lien ouvre une seule commande passée chez {shop}. Le nom et l’adresse n’apparaissent pas\u{a0}: ils ne sont plus enregistrés, ou la commande indique une autre adresse.",
    others: "Ce que savent d’autres boutiques n’apparaît pas ici\u{a0}: ce sont les liens de leurs propres e-mails qui l’ouvrent.",
    order: "Commande {number}",
    placed: "Date de la commande",
    bought: "Ce que vous avez acheté",
    name: "Nom",
    address: "Adresse e-mail",
    masked: "enregistrée chiffrée\u{202f}; en partie masquée ici",
    gone: "Le nom et l’adresse ne sont plus enregistrés.",
    kept: "Conservés jusqu’au",
    kept_open: "tant qu’un e-mail au sujet de cette commande peut encore partir",
    mails: "E-mails",
    written: "Ce que vous avez écrit",
    written_on: "Avis du {date}",
    written_gone: "Avis supprimé",
    stops: "Ce qui arrête les e-mails",
    stops_here: "venant de la boutique {shop}",
    stops_everywhere: "de toutes les boutiques qui utilisent ce service",
    since: "depuis le",
    take: "Emportez vos données",
    take_more: "Tout cela, avec chaque tentative d’envoi et chaque version, dans un fichier que les programmes savent lire.",
    download: "Télécharger (JSON)",
    erase: "Tout supprimer",
    erase_more: "Le nom, l’adresse, les avis et les photos disparaissent, et {shop} ne vous écrit plus d’ici. Nous vous demandons d’abord confirmation.",
    erase_go: "Aller à la confirmation",
    your_review: "Votre avis",
    sure: "Tout supprimer\u{202f}?",
    sure_lead: "Il s’agit de tout ce que la boutique {shop} a ici à votre sujet. Vous ne pourrez pas revenir en arrière.",
    goes: "Ce qui disparaît",
    goes_name: "le nom et l’adresse e-mail",
    goes_words: "ce que vous avez écrit, avec les photos, les versions précédentes, les réponses et la place dans la note",
    goes_mail: "les invitations et les rappels qui devaient encore partir",
    remains: "Ce qui reste, et pourquoi",
    go: "Tout supprimer définitivement",
    back: "Retour",
    done: "C’est supprimé",
    done_lead: "{shop} n’a plus ici ni votre nom ni votre adresse, et ne vous écrit plus par ce service.",
    done_none: "Il n’y avait plus rien à supprimer.",
    n_orders: Counted { one: "{n} commande", many: "{n} commandes" },
    n_reviews: Counted { one: "{n} avis", many: "{n} avis" },
    n_photos: Counted { one: "{n} photo", many: "{n} photos" },
    n_captured: Counted { one: "{n} e-mail gardé sur cette machine", many: "{n} e-mails gardés sur cette machine" },
};

pub(super) const STAYS: Stays = Stays {
    orders: "La commande sans nom ni adresse\u{a0}: une boutique doit rendre compte de chacune de ses commandes.",
    tombstones: "À la place d’un avis, la mention que la personne qui l’avait écrit l’a supprimé, et quand\u{a0}: ainsi, aucun avis ne disparaît en cachette.",
    mail_log: "Quels e-mails sont partis et ce que les serveurs ont répondu, avec les adresses masquées\u{a0}: cela explique les échecs.",
    marks: "Une empreinte de l’adresse, dans laquelle l’adresse ne peut pas être lue\u{a0}: elle évite de vous écrire à nouveau et de reprendre vos données si la boutique les renvoie.",
};

pub(super) const MAIL_KINDS: MailKinds = MailKinds {
    invitation: "Invitation",
    reminder: "Rappel",
    fresh_link: "Nouveau lien",
    reply_notice: "Réponse à votre avis",
    review_received: "Avis reçu",
    answer_shown: "Réponse publiée",
    restriction_statement: "Motifs d’une restriction",
};

pub(super) const MAIL_STATES: MailStates = MailStates {
    queued: "en attente",
    sent: "envoi réussi",
    captured: "reste sur cette machine",
    held: "envoi suspendu",
    failed: "envoi échoué",
    parked: "envoi reporté",
    cancelled: "envoi annulé",
};

pub(super) const WISHES: Wishes = Wishes {
    unsubscribed: "Vous ne vouliez plus d’e-mails au sujet des avis",
    complaint: "Un e-mail a été signalé comme indésirable",
    erased: "Vous avez demandé la suppression de vos données",
    operator: "L’exploitant du service l’a décidé",
    hard_bounce: "L’adresse ne reçoit pas de courrier",
};

pub(super) const KEPT: Kept = Kept {
    address: "Nom et adresse e-mail d’une commande sans avis",
    address_with_review: "Nom et adresse e-mail d’une commande avec avis",
    hash: "Empreinte de l’adresse, à côté d’une commande",
    order: "Ce qui a été commandé et quand, sans nom ni adresse",
    order_with_review: "La même chose pour une commande avec un avis",
    review: "Avis, photos et réponses",
    mail_log: "Quels e-mails sont partis et ce que les serveurs ont répondu, adresses masquées",
    captured: "E-mails qui n’ont pas quitté cette machine, comme ceux des commandes de test, avec leur adresse",
    event_ids: "Identifiants des messages signés des boutiques, avec une empreinte du contenu",
    refused: "Traces des messages de boutiques refusés, sans le contenu",
    wishes: "Empreintes des personnes qui ne veulent plus d’e-mails ou ont été supprimées",
};

pub(super) const UNTIL: Until = Until {
    days_after_last_mail: "{length} après le dernier e-mail, ou après la dernière nouvelle de la boutique si aucun n’est parti",
    years_of_the_link: "tant que le lien de l’e-mail fonctionne\u{a0}: {length}",
    review_and_years_of_the_link: "tant que l’avis est là, et tant que le lien fonctionne\u{a0}: {length}",
    erased_by_author: "jusqu’à leur suppression par la personne qui les a écrits, à tout moment",
    days_after_arrival: "{length} après leur arrivée",
    newest_of_shop: "les {n} plus récentes de chaque boutique",
    newest_here: "les {n} plus récents, et aucun après un effacement",
    with_the_shop: "tant que la boutique utilise ce service, puis encore {length}",
    with_the_shop_and_review: "tant que la boutique utilise ce service, et tant que l’avis est là",
    no_end: "sans limite de temps\u{a0}: sans elles, nous écririons à nouveau",
    years: Counted { one: "{n} an", many: "{n} ans" },
    days: Counted { one: "{n} jour", many: "{n} jours" },
};

pub(super) const PRIVACY: Privacy = Privacy {
    title: "Confidentialité",
    lead: "Ce que ce service sait de vous, à quoi cela sert, quand cela disparaît et ce que vous pouvez faire.",
    who: "Qui répond de vos données",
    who_more: "La boutique chez laquelle vous avez acheté. {operator} recueille les avis pour son compte et n’utilise vos données pour rien d’autre.",
    who_contact: "Pour joindre la personne qui gère {operator}\u{a0}:",
    what: "Ce qui arrive et à quoi cela sert",
    what_order: "La boutique signale chaque commande\u{a0}: numéro, produits, dates, pays, votre nom et votre adresse e-mail. Cela sert à vous demander une fois votre expérience, avec un rappel au plus.",
    what_address: "Le nom et l’adresse sont enregistrés chiffrés, et seulement tant qu’ils sont nécessaires. À côté de la commande reste une empreinte de l’adresse\u{a0}: elle ne permet pas de la lire.",
    what_review: "L’avis est public, sous le nom que vous choisissez ou sans nom.",
    what_not: "Pas de cookies, pas de publicité, aucun comptage des ouvertures d’e-mails ou de liens, aucune donnée transmise à d’autres.",
    how_long: "Combien de temps cela reste",
    what_column: "Quoi",
    until_column: "Jusqu’à quand",
    rights: "Ce que vous pouvez faire",
    right_stop: "À la fin de chaque invitation se trouve un lien pour ne plus recevoir d’e-mails, de cette boutique ou de toutes\u{a0}: un clic, sans compte. Il permet aussi de repousser le prochain d’une semaine.",
    right_see: "Le lien vers votre avis montre aussi ce qui est enregistré sur vous, permet de le télécharger et le supprime.",
    right_change: "Le même lien modifie ou supprime l’avis, quand vous voulez.",
    right_lost: "Vous avez perdu le lien, ou il s’agit d’autres boutiques\u{202f}? Écrivez à la boutique, ou à l’exploitant du service {operator}\u{a0}: ils peuvent chercher et supprimer votre adresse. Vous pouvez aussi vous adresser à l’autorité de protection des données.",
    shops: "Pour les boutiques\u{a0}: un paragraphe prêt",
    shops_more: "À copier dans la notice de la boutique. Avant chaque achat, il faut aussi indiquer que l’on peut s’y opposer.",
    shops_text: "Après votre achat, nous vous écrivons une fois, avec un rappel au plus, pour vous demander votre expérience. Nous communiquons pour cela à {operator}, qui travaille pour notre compte, le numéro de la commande, les produits, les dates, votre nom et votre adresse e-mail. Vous pouvez vous y opposer dès maintenant, ou d’un clic dans chaque e-mail. Ce qui est conservé et combien de temps\u{a0}: {url}",
};
