//! Spanish: what a customer reads about their own data, and the page about privacy.

use crate::look::words::glossary::{Counted, Kept, MailKinds, MailStates, Mine, Privacy, Stays, Until, Wishes};

pub(super) const MINE: Mine = Mine {
    heading: "Qué datos tuyos se guardan",
    lead: "Aquí está todo lo que {shop} tiene en este servicio sobre la dirección a la que llegó tu enlace.",
    lead_order: "Este enlace abre un solo pedido de {shop}. El nombre y la dirección no aparecen: ya no se guardan, o el pedido indica otra dirección.",
    others: "Lo que saben otras tiendas no aparece aquí: lo abren los enlaces de sus propios correos.",
    order: "Pedido {number}",
    placed: "Fecha del pedido",
    bought: "Qué compraste",
    name: "Nombre",
    address: "Dirección de correo",
    masked: "se guarda cifrada; aquí se oculta en parte",
    gone: "El nombre y la dirección ya no se guardan.",
    kept: "Se conservan hasta el",
    kept_open: "mientras aún pueda enviarse un correo sobre este pedido",
    mails: "Correos",
    written: "Qué escribiste",
    written_on: "Reseña del {date}",
    written_gone: "Reseña borrada",
    stops: "Qué detiene los correos",
    stops_here: "de {shop}",
    stops_everywhere: "de todas las tiendas que usan este servicio",
    since: "desde el",
    take: "Llévatelos",
    take_more: "Todo esto, con cada intento de envío y cada versión, en un archivo que los programas saben leer.",
    download: "Descargar (JSON)",
    erase: "Bórralo todo",
    erase_more: "Desaparecen el nombre, la dirección, las reseñas y las fotos, y {shop} deja de escribirte desde aquí. Antes te pedimos confirmación.",
    erase_go: "Ir a la confirmación",
    your_review: "Tu reseña",
    sure: "¿Borrarlo todo?",
    sure_lead: "Se trata de todo lo que {shop} tiene aquí sobre ti. No se puede deshacer.",
    goes: "Qué desaparece",
    goes_name: "el nombre y la dirección de correo",
    goes_words: "lo que escribiste, con las fotos, las versiones anteriores, las respuestas y su lugar en la puntuación",
    goes_mail: "las invitaciones y los recordatorios que aún iban a enviarse",
    remains: "Qué queda, y por qué",
    go: "Borrarlo todo para siempre",
    back: "Volver",
    done: "Borrado",
    done_lead: "{shop} ya no tiene aquí tu nombre ni tu dirección, y no te escribe más desde este servicio.",
    done_none: "Ya no quedaba nada que borrar.",
    n_orders: Counted { one: "{n} pedido", many: "{n} pedidos" },
    n_reviews: Counted { one: "{n} reseña", many: "{n} reseñas" },
    n_photos: Counted { one: "{n} foto", many: "{n} fotos" },
    n_captured: Counted { one: "{n} correo retenido en esta máquina", many: "{n} correos retenidos en esta máquina" },
};

pub(super) const STAYS: Stays = Stays {
    orders: "El pedido sin nombre ni dirección: una tienda debe dar cuenta de cada uno de sus pedidos.",
    tombstones: "En el lugar de una reseña, que quien la escribió la borró y cuándo: así ninguna reseña desaparece a escondidas.",
    mail_log: "Qué correos salieron y qué respondieron los servidores, con las direcciones ocultas: sirve para explicar los fallos.",
    marks: "Una huella de la dirección, en la que no se puede leer la dirección: evita que volvamos a escribirte y que tus datos vuelvan a entrar si la tienda los envía otra vez.",
};

pub(super) const MAIL_KINDS: MailKinds = MailKinds {
    invitation: "Invitación",
    reminder: "Recordatorio",
    fresh_link: "Enlace nuevo",
    reply_notice: "Aviso de respuesta",
    review_received: "Reseña recibida",
    answer_shown: "Réplica publicada",
    restriction_statement: "Motivos de una limitación",
};

pub(super) const MAIL_STATES: MailStates = MailStates {
    queued: "en cola",
    sent: "envío realizado",
    captured: "se queda en esta máquina",
    held: "envío detenido",
    failed: "envío fallido",
    parked: "envío aplazado",
    cancelled: "envío cancelado",
};

pub(super) const WISHES: Wishes = Wishes {
    unsubscribed: "Pediste no recibir más correos sobre reseñas",
    complaint: "Un correo se denunció como no deseado",
    erased: "Pediste que se borraran tus datos",
    operator: "Lo decidió quien gestiona el servicio",
    hard_bounce: "La dirección no recibe correo",
};

pub(super) const KEPT: Kept = Kept {
    address: "Nombre y dirección de correo de un pedido sin reseña",
    address_with_review: "Nombre y dirección de correo de un pedido con reseña",
    hash: "Huella de la dirección junto a un pedido",
    order: "Qué se pidió y cuándo, sin nombre ni dirección",
    order_with_review: "Lo mismo de un pedido con reseña",
    review: "Reseñas, fotos y réplicas",
    mail_log: "Qué correos salieron y qué respondieron los servidores, con las direcciones ocultas",
    captured: "Correos que no salieron de esta máquina, como los de pedidos de prueba, con su dirección",
    event_ids: "Identificadores de los mensajes firmados de las tiendas, con una huella del contenido",
    refused: "Rastros de los mensajes de tiendas rechazados, sin el contenido",
    wishes: "Huellas de quienes no quieren más correos o fueron borrados",
};

pub(super) const UNTIL: Until = Until {
    days_after_last_mail: "{length} después del último correo, o de la última noticia de la tienda si no salió ninguno",
    years_of_the_link: "mientras funcione el enlace del correo: {length}",
    review_and_years_of_the_link: "mientras exista la reseña y mientras funcione el enlace: {length}",
    erased_by_author: "hasta que las borre quien las escribió, en cualquier momento",
    days_after_arrival: "{length} después de llegar",
    newest_of_shop: "los {n} más recientes de cada tienda",
    newest_here: "los {n} más recientes, y ninguno después de un borrado",
    with_the_shop: "mientras la tienda use este servicio, y {length} más",
    with_the_shop_and_review: "mientras la tienda use este servicio y mientras exista la reseña",
    no_end: "sin límite: sin ellas volveríamos a escribir",
    years: Counted { one: "{n} año", many: "{n} años" },
    days: Counted { one: "{n} día", many: "{n} días" },
};

pub(super) const PRIVACY: Privacy = Privacy {
    title: "Privacidad",
    lead: "Qué sabe de ti este servicio, para qué, cuándo desaparece y qué puedes hacer.",
    who: "Quién responde de tus datos",
    who_more: "La tienda en la que compraste. {operator} reúne las reseñas por cuenta de ella y no usa tus datos para nada más.",
    who_contact: "Para escribir a quien gestiona {operator}:",
    what: "Qué llega y para qué",
    what_order: "La tienda comunica cada pedido: número, productos, fechas, país, tu nombre y tu dirección de correo. Sirven para preguntarte una vez por tu experiencia, con un recordatorio como mucho.",
    what_address: "El nombre y la dirección se guardan cifrados, y solo mientras hacen falta. Junto al pedido queda una huella de la dirección: quien la lee no puede saber cuál es.",
    what_review: "La reseña es pública, con el nombre que elijas o sin nombre.",
    what_not: "Sin cookies, sin publicidad, sin contar quién abre los correos o los enlaces, sin ceder datos a otros.",
    how_long: "Cuánto tiempo se conserva",
    what_column: "Qué",
    until_column: "Hasta cuándo",
    rights: "Qué puedes hacer",
    right_stop: "Al final de cada invitación hay un enlace para no recibir más correos, de esa tienda o de todas: un clic, sin cuenta. También permite aplazar el siguiente una semana.",
    right_see: "El enlace a tu reseña también muestra qué datos tuyos se guardan, te deja descargarlos y los borra.",
    right_change: "El mismo enlace modifica o borra la reseña, cuando quieras.",
    right_lost: "¿Perdiste el enlace, o se trata de otras tiendas? Escribe a la tienda, o a quien gestiona {operator}: pueden buscar y borrar tu dirección. También puedes acudir a la autoridad de protección de datos.",
    shops: "Para tiendas: un párrafo listo",
    shops_more: "Para copiar en el aviso propio. Antes de cada compra hay que indicar también que es posible oponerse.",
    shops_text: "Después de tu compra te escribimos una vez, con un recordatorio como mucho, para preguntarte por tu experiencia. Para ello comunicamos a {operator}, que trabaja para nosotros, el número del pedido, los productos, las fechas, tu nombre y tu dirección de correo. Puedes oponerte ya, o con un clic en cada correo. Qué se conserva y cuánto tiempo: {url}",
};
