// Package surveys holds what a callback asks and reads what people answer.
//
// The rule of the trade it keeps: an answer is what a citizen said, never what
// the desk would like to have heard. Silence, a finished call, polite words,
// nonsense and doubt are not satisfaction; they are asked about once more and
// then go to a person. The package is pure: no clock, no database, no network.
// Whom to ask, when, and what follows from an answer is the callbacks package's.
//
// # Questions
//
// Two are asked at once and kept apart: the grade, one of the five of the
// national good-or-bad review (Level), and whether the matter is solved
// (Solved). A reason may be asked for afterwards. Texts go out as approved
// templates with parameters (Template, Render), calls follow a VoiceScript, and
// people a CallerScript.
//
// # How a reply is read
//
// The reply is folded: full-width and dressed-up digits become digits, letters
// small, traditional characters simplified, invisible ones vanish, blanks are
// squeezed. What quotes our own message is taken out. The rest is cut into words
// of lexicon.txt, longest first, and into clauses at punctuation and at words
// like but. Nothing else about Chinese is known: characters no list holds are
// unread, and unread characters make the reader careful.
//
// A clause makes claims. A claim about the grade has a head, 满意 or praise or
// blame, bent by the words before it:
//
//	grade   = {denial | degree | 有点 | 基本 | filler} head [极了 | 个屁 | 才怪]
//	denial  = 不 | 没 | 不太 | 谈不上 | 一点都不 …    the head's grade becomes 4; 5 when outright
//	degree  = 很 | 非常 | 太 …                        the end of the scale: 很满意 1, 很差 5;
//	                                                  after a denial nothing (不是很满意 4),
//	                                                  before one the end (非常不满意 5)
//	基本, 还算                                        3; two denials cancel to nothing
//
// Unbent, 满意 and praise are 2, 还行 and 一般 are 3, 不满意 and blame are 4, 垃圾
// is 5. Praise or blame of one side of the work (态度, 速度) never reaches the end
// of the scale. A claim about being solved has an act as its head: denied (没修,
// 还没, 修不好) it says no, done (修好了, 已解决, 解决得很好) it says yes, named or
// demanded (处理结果, 请尽快解决) it says nothing, half done nothing either. Words
// of absence (没人, 没消息) and of troubles going on (还在漏) say no.
//
// A claim counts only when it is stated. Questions, conditions, wishes, hearsay,
// dictation (让我选1), other people's feelings, guesses and the past do not count
// for it. That something is not solved is believed from hearsay too.
//
// # What outweighs what
//
//  1. Nothing to read, or more than longestReply characters: ask.
//  2. A reply that opens as an automatic one: auto.
//  3. A wish for no more messages: stop. A grade or 未解决 beside it is kept.
//     A wish for messages again: start.
//  4. A follow-up question's own answers (是, 没有), when one was put.
//  5. Codes. One code from 1 to 5 is the grade; 0 is not solved. Several, or a
//     number that is no code (6, 10, 4.5, 1分, 5星): ask. Counts, dates, hours,
//     telephone numbers and list marks are no codes. Three to eight digits beside
//     an answer are the ticket's tail. A code taken back (按错了), denied (不是1)
//     or dictated is none.
//  6. Code against words: ask. People mistake which way the scale runs, so "1 太差了"
//     and "5 非常满意" are nobody's guess. 1 and 2 also need words that do not say
//     unsolved, unless a but stands between. 4 and 5 are believed with 解决了:
//     solved but dissatisfied is looked at by a person anyway.
//  7. Words. 满意 and 不满意 decide over praise and blame; among praise and blame
//     alone, both kinds together: ask. Praise beside 没解决 gives no grade.
//  8. A grade from 1 to 3 falls to ask when anything casts doubt on it: irony,
//     curses, scare quotes, a condition or question about it, a bare no, a tale
//     of waiting after it, a demand to hurry, and 1 beside 没解决 without a but.
//     A grade of 4 or 5 stands.
//  9. 解决 and 没解决 in one reply: not solved, unless the later words say how
//     things are now (之前没解决，现在解决了). 解决了 or 没解决 alone is an answer
//     without a grade.
//  10. In a story longer than one message only 满意 and 不满意 themselves, codes
//     at its edges and plain words about being solved count.
//
// Other scales: 满分, 五星好评 and 100分 mean the best on any scale and are read as
// 1, 零分 and 一星差评 as 5. 好评 and 差评 are 2 and 4, the milder of the grades the
// national review counts under them.
//
// # Comment
//
// Comment is the part of the reply that says more than the answer, as written:
// the clauses from the first to the last that hold more than a code, a grade or
// 解决. Words that gave the grade (一般, 垃圾) are the answer; beside a code they
// are comment ("4 太差了"). For ask it is the whole reply, for an automatic one
// empty.
package surveys
