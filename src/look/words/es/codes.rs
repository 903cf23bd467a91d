//! Spanish words for closed codes: reasons, restrictions, findings, faults, notices, languages.

use super::super::glossary::{
    Faults, Findings, FindingsMore, Languages, Notices, PhotoFaults, PhotoNotices, Reasons, Restrictions,
};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "A la espera del envío",
    partly_shipped: "Enviado solo en parte",
    shop_paused: "Invitaciones en pausa",
    no_public_url: "Servicio sin dirección pública",
    no_mail_server: "Servicio sin servidor de correo",
    transport_held: "Envío de correos detenido por ahora",
    sending_paused: "Envío en pausa: han vuelto demasiados correos de la tienda",
    sending_stopped: "Envío detenido: han vuelto demasiados correos de la tienda",
    stopped_by_operator: "Envío de la tienda detenido por quien gestiona el servicio",
    instance_paused: "Envío suspendido por quien gestiona el servicio",
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
    unsubscribed: "El cliente no quiere estos correos",
    address_bounced: "La dirección no existe",
    complained: "El cliente ha marcado estos correos como no deseados",
    suppressed_by_operator: "Dirección excluida por quien gestiona el servicio",
    frequency_cap: "Cliente invitado hace poco",
    cancelled_by_shop: "Invitación cancelada por la tienda",
    shop_closed: "Tienda cerrada",
    shop_suspended: "Tienda suspendida",
    window_closed: "Plazo para escribir terminado",
    hard_bounce: "El buzón no existe",
    mail_refused: "Correo rechazado por el servidor",
    mail_delayed: "Envío aplazado por el servidor",
    soft_bounces: "El buzón no recibe correo",
    unknown_outcome: "Entrega incierta",
    mail_not_built: "Correo no compuesto",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenido ilícito",
    personal_data: "datos personales de alguien",
    hate_or_threat: "odio o amenazas",
    not_about_the_purchase: "no trata de la compra",
    conflict_of_interest: "conflicto de intereses",
    court_order: "orden judicial",
};

pub(super) const FINDINGS: Findings = Findings {
    stands: "El certificado es auténtico",
    edited_since: "El certificado es auténtico, la reseña se ha editado",
    words_dropped: "El certificado es auténtico, el texto ya no está",
    words_differ: "La reseña no coincide con el certificado",
    restricted: "El certificado es auténtico, la reseña está oculta",
    erased: "El certificado es auténtico, la reseña se ha borrado",
    review_missing: "El certificado es auténtico, la reseña no está",
    not_a_certificate: "Esto no es un certificado",
    other_algorithm: "Esto no está firmado como un certificado",
    other_type: "Esto no es el certificado de una reseña",
    foreign_issuer: "Este certificado no es nuestro",
    unknown_key: "La clave no es nuestra",
    bad_signature: "Certificado falso o alterado",
    unreadable_claims: "Certificado ilegible",
    not_yet_valid: "El certificado aún no es válido",
    expired: "El certificado ha caducado",
};

pub(super) const FINDINGS_MORE: FindingsMore = FindingsMore {
    stands: "Lo emitimos nosotros, nadie lo ha alterado y la reseña publicada hoy es la que se certificó.",
    edited_since: "Después de emitirlo, quien escribió la reseña la editó. La versión certificada aún se lee entre las anteriores y es la misma.",
    words_dropped: "Después de emitirlo, quien escribió la reseña la editó y quitó el texto certificado: ya no se puede comparar.",
    words_differ: "Lo emitimos nosotros y nadie lo ha alterado, pero lo publicado hoy no es lo que se certificó. Quien gestiona este servicio debe explicar por qué.",
    restricted: "Lo emitimos nosotros y nadie lo ha alterado. Después, quien gestiona el servicio ocultó la reseña, que no se puede leer.",
    erased: "Lo emitimos nosotros y nadie lo ha alterado. Después, quien la escribió borró la reseña, como es su derecho.",
    review_missing: "Lo emitimos nosotros y nadie lo ha alterado, pero la reseña no está aquí. Quien gestiona este servicio debe explicar por qué.",
    not_a_certificate: "Un certificado es un texto de tres partes separadas por puntos que empieza por eyJ. Cópialo entero de la página de la reseña.",
    other_algorithm: "Los certificados se firman de una sola manera (EdDSA). Este dice estar firmado de otra, o de ninguna: no demuestra nada.",
    other_type: "Es un texto firmado para otro fin: aquí no demuestra nada.",
    foreign_issuer: "Indica otro servicio como emisor. Solo ese servicio puede decir si es auténtico: verifícalo allí.",
    unknown_key: "No se firmó con una de nuestras claves, o esa clave se ha retirado: no demuestra nada.",
    bad_signature: "La firma no corresponde al contenido: alguien lo ha inventado o cambiado. No demuestra nada.",
    unreadable_claims: "El contenido no tiene la forma de un certificado: no demuestra nada.",
    not_yet_valid: "Dice que vale desde una fecha futura: por ahora no demuestra nada.",
    expired: "Dice que ya no es válido.",
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

pub(super) const PHOTO_FAULTS: PhotoFaults = PhotoFaults {
    none: "No has elegido ninguna foto.",
    unknown: "Uno de los archivos no es una foto en JPEG, PNG o WebP.",
    broken: "Una de las fotos está dañada o no llegó entera.",
    animated: "No se pueden añadir imágenes animadas.",
    too_large: "Una de las fotos supera los 40 megapíxeles.",
    too_heavy: "Las fotos pesan demasiado para un solo envío. Envíalas de una en una.",
    too_many: "Una reseña puede tener cinco fotos: no se han añadido todas las que elegiste.",
};

pub(super) const PHOTO_NOTICES: PhotoNotices = PhotoNotices {
    added: "Las fotos son públicas.",
    removed: "La foto se ha retirado.",
    described: "La descripción es pública.",
};
