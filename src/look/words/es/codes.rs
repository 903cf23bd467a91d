//! Spanish words for closed codes: reasons, restrictions, faults, notices, languages.

use super::super::glossary::{Faults, Languages, Notices, Reasons, Restrictions};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "A la espera del envío",
    partly_shipped: "Enviado solo en parte",
    shop_paused: "Invitaciones en pausa",
    no_public_url: "Servicio sin dirección pública",
    no_mail_server: "Servicio sin servidor de correo",
    transport_held: "Envío de correos detenido por ahora",
    no_email: "Sin dirección de correo",
    invalid_email: "Dirección de correo no válida",
    address_gone: "Dirección ya borrada",
    order_cancelled: "Pedido cancelado",
    order_refunded: "Pedido reembolsado",
    customer_erased: "El cliente pidió que se borraran sus datos",
    too_old: "Pedido comunicado demasiado tarde",
    no_legal_basis: "Sin base legal para escribir",
    below_minimum: "Por debajo del importe mínimo de la tienda",
    nothing_to_review: "Nada que reseñar",
    unsubscribed: "El cliente no quiere invitaciones",
    address_bounced: "La dirección no existe",
    complained: "El cliente ha marcado estos correos como no deseados",
    suppressed_by_operator: "Dirección excluida por quien gestiona el servicio",
    frequency_cap: "Cliente invitado hace poco",
    cancelled_by_shop: "Invitación cancelada por la tienda",
    shop_closed: "Tienda cerrada",
    shop_suspended: "Tienda suspendida",
    window_closed: "Plazo para escribir terminado",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenido ilícito",
    personal_data: "datos personales de alguien",
    hate_or_threat: "odio o amenazas",
    not_about_the_purchase: "no trata de la compra",
    conflict_of_interest: "conflicto de intereses",
    court_order: "orden judicial",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Elige qué tal te ha ido: es lo único necesario.",
    stars_invalid: "Elige de 1 a 5 estrellas.",
    too_long: "Es demasiado largo: acórtalo un poco.",
    item_stars_missing: "Has escrito sobre este producto: elige también qué tal es.",
    empty: "Escribe algo antes de publicar.",
    unreadable: "Este texto contiene caracteres que no podemos guardar: escríbelo de nuevo, por favor.",
};

pub(super) const NOTICES: Notices = Notices {
    edited: "Los cambios están publicados.",
    version_dropped: "El texto de esa versión se ha retirado.",
    answered: "Tu réplica ya es pública.",
    erased: "La reseña se ha borrado.",
};

pub(super) const LANGUAGES: Languages = Languages {
    it: "italiano",
    en: "inglés",
    de: "alemán",
    fr: "francés",
    es: "español",
    pt: "portugués",
    nl: "neerlandés",
    pl: "polaco",
    und: "otro idioma",
};
