//! English.

use super::Lexicon;

pub(super) static LEXICON: Lexicon = Lexicon {
    star: "star stars",
    five: "5 five fifth",
    fewer: "1 2 3 4 one two three four",
    to: "to and through",
    one: "1 one",
    out_of: "out of on",
    starred: "lilies lily christmas pub tavern house painting picture cruise ship flag cushion lamp brand hotel hotels resort restaurant spa inn lodge motel film movie book cognac brandy energy class luxury chef general",
    review: "review reviews rating ratings feedback score scores comment comments mark marks opinion grade testimonial",
    tell: "review rate",
    good: "high positive good great nice glowing excellent favourable favorable kind lovely fantastic stellar enthusiastic top wonderful amazing warm perfect",
    bad: "negative bad poor critical",
    asking: "kindly try avoid reward* trust* help* hop* thank* let down forget show enter takes please leave leaving give giving rate tap click clicking press choose select pick send submit help helps support reward grateful appreciate thank hope counting count could would want love like deserve deserved earn earned keep need means mean make makes tell write share mind ask asking request award grant",
    person: "us our we you your yours me my",
    not: "not don never",
    top: "full marks|top marks|top score|top rating|highest rating|highest score|highest marks|maximum rating|maximum score|best rating|best score|perfect score|perfect rating|all the stars|ten out of ten|10 out of 10",
    below: "less than|anything less|lower than|below|fewer than|under five|under 5",
    fail: "fail fails failure failing hurts hurt harms punishes",
    if_: "if when only",
    happy: "smile smiled happy satisfied pleased love loved enjoy enjoyed like liked glad well delighted",
    unhappy: "not ~ happy/satisfied/pleased|unhappy|dissatisfied|did not ~ like/enjoy|didn t ~ like/enjoy|not ~ well",
    either: "or not|and what did not|good or bad|whatever ~ think|even if|as much as|whatever you",
    contact: "contact email mail call write tell message talk us",
    instead: "do not put|don t put|do not post|don t post|not in a review|rather than|before you|before leaving|before posting|before writing|instead of|rather than",
    reward: "discount|off your|off the next|10 off|percent off|voucher|coupon|gift|reward|cashback|refund|prize|prizes|draw|raffle|contest|free item|loyalty points|store credit",
    plain: "rate/review/judge/score ~ generously/kindly/favourably|let only us|only us know|tell only us|only tell us|star/stars ~ lose/lost|lose/lost ~ star/stars|how much you love/like/enjoy|why you love|good word|kind word|be/being ~ kind/nice/gentle/generous/lenient/forgiving/merciful/patient ~ judgement/judgment/judging/rating/review/us|be/being ~ kind/nice/gentle/generous/lenient ~ rating/review/us/stars/score/feedback/words/with|go easy on|easy on us|something ~ nice/good/kind/positive about ~ us/shop/store/team|only ~ nice/kind/good words|nice/kind words only|good things about us|compliment/compliments to ~ staff/team|don t be ~ harsh/hard/strict|do not be ~ harsh/hard/strict|put in a good word|spread the love",
};
