//! Spanish.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "estrella estrellas estrellita estrellitas",
    five: "5 cinco quinta",
    fewer: "1 2 3 4 una dos tres cuatro",
    to: "a y",
    one: "1 una uno",
    out_of: "de sobre",
    starred: "navidad mar rural posada pension casa cuadro pintura barco crucero cojin lampara bandera hotel hoteles resort restaurante hostal spa parador pelicula libro conac brandy energetica eficiencia clase lujo superior",
    review: "resena resenas valoracion valoraciones nota notas puntuacion puntuaciones opinion opiniones comentario comentarios feedback critica voto votos calificacion",
    tell: "hazlo valores puntues evalues evaluanos opina opinad valoranos puntuanos recomiendanos cuentalo",
    good: "alta alto positiv* buen buena bueno buenas bonit* excelent* favorabl* entusiast* estupend* fantastic* genial maravillos* top amable perfecta",
    bad: "negativ* mala malas malo pesim*",
    asking: "evita rogamos cada premi* confia* esper* gracias ayud* fall* demuestr* olvid* punt* pon* basta* deja dejad dejanos dejar dejarnos deje da danos darnos dad dadnos dar pon ponnos ponernos pongas pongais poner escribe escribid elige elegid selecciona pulsa haz hacer haznos clic ayuda ayudanos ayudarnos ayudaria apoya apoyanos premia regala regalanos regalarnos agradeceriamos agradecemos agradecidos gustaria encantaria esperamos contamos queremos querriamos pedimos podrias puedes puedas importaria merecemos merecido ganado puntuanos valoranos vota dilo favor mantener dinos todo concede",
    person: "nos darnos ponernos nosotros nuestro nuestra nuestros nuestras te ti tu tus vosotros vuestro vuestra",
    not: "no nunca",
    top: "maxima puntuacion|puntuacion maxima|maxima nota|nota maxima|mejor nota|mejor puntuacion|mejor valoracion|nota mas alta|puntuacion mas alta|todas las estrellas|diez sobre diez|10 sobre 10|10 de 10",
    below: "menos de|por debajo de|inferior/inferiores a|no llegue|no llegan",
    fail: "suspenso fracaso perjudica perjudican penaliza",
    if_: "si cuando solo solamente unicamente",
    happy: "sonrisa sonreir satisfecho satisfecha contento contenta feliz gustado gusto encantado bien",
    unhappy: "no ~ satisfech*/content*/gust*|insatisfech*|descontent*",
    either: "o no|y que no|piensen lo que|pienses lo que|aunque no|tanto como|sea ~ sea",
    contact: "llama llamanos contacta contactanos escribenos llamanos dinoslo hablanos dinos",
    instead: "no lo pongas|no lo escribas|antes de|en vez de|en lugar de",
    reward: "descuento|un vale|vale de|regalo|cupon|premio|reembolso|obsequio|sorteo|concurso|rifa|puntos de regalo",
    plain: "puntua*/valora*/juzga* ~ generosidad/generosamente|solo a nosotros|estrella/estrellas perdid*|cuanto te gusta*|por que te encanta|buena palabra|palabra amable|se/sea/sed ~ indulgent*/amable*/generos*/benevol*/clement* ~ juicio/resena/valoracion/nota/nosotros|se/sea/sed ~ amable*/bueno/buena/generos*/benevol*/indulgent* ~ valoracion/resena/estrellas/nosotros/nota/puntuacion|no seas/sea/seais ~ dur*/sever*/cruel*|algo ~ bonito/bueno/positivo/amable ~ nosotros|habla/hablad ~ bien de nosotros|solo ~ palabras bonitas/buenas/amables|solo ~ buenas palabras|cumplido/cumplidos ~ equipo/personal|haz la vista gorda",
};
