package surveys

// class is what a word does in a reply. A word may do several things: 好 praises
// at the end of a clause and strengthens before another word.
type class uint8

// The classes of lexicon.txt, and below them the tokens no word list holds.
const (
	isUnknown class = iota
	isSatisfied
	isSatisfiedSlip
	isDissatisfied
	isExcellent
	isGood
	isGoodPart
	isGoodAlone
	isMild
	isSoSo
	isBad
	isBadPart
	isWorst
	isNegator
	isNegatorStrong
	isNotYet
	isTwist
	isDegree
	isDegreePlain
	isDegreePart
	isDegreeWeak
	isDegreeAfter
	isMock
	isMockMild
	isFiller
	isWhen
	isThird
	isAspect
	isWork
	isPerson
	isDue
	isParticle
	isDone
	isAlready
	isSolve
	isHandle
	isAct
	isFinished
	isSolvedState
	isUnsolved
	isTrouble
	isPersist
	isPartial
	isOnly
	isLook
	isQuestion
	isWhy
	isQuestionOpens
	isCondition
	isConditionAfter
	isThen
	isWish
	isUrge
	isLater
	isEither
	isMaybe
	isHearsay
	isCoerced
	isPast
	isNow
	isContrast
	isIrony
	isSwear
	isPolite
	isOrdeal
	isChoose
	isMistake
	isCorrectTo
	isWrongPerson
	isTailWord
	isScale
	isStopWord
	isStopAlone
	isStopPhrase
	isNoCallback
	isStartWord
	isStartPhrase
	isAutoMarker
	isBusy
	isOther

	isNumber   // digits; token.text holds them
	isQuantity // digits that count something: 3天, 5楼, 10:30
	isBlank    // a blank or a quotation mark
	isComma    // a comma, a colon, a bracket
	isStop     // the end of a sentence
	isAsk      // a question mark

	classCount
)

// headings are the names of the classes as lexicon.txt writes them.
var headings = map[string]class{
	"satisfied":       isSatisfied,
	"satisfied_slip":  isSatisfiedSlip,
	"dissatisfied":    isDissatisfied,
	"excellent":       isExcellent,
	"good":            isGood,
	"good_part":       isGoodPart,
	"good_alone":      isGoodAlone,
	"mild":            isMild,
	"so_so":           isSoSo,
	"bad":             isBad,
	"bad_part":        isBadPart,
	"worst":           isWorst,
	"negator":         isNegator,
	"negator_strong":  isNegatorStrong,
	"not_yet":         isNotYet,
	"twist":           isTwist,
	"degree":          isDegree,
	"degree_plain":    isDegreePlain,
	"degree_part":     isDegreePart,
	"degree_weak":     isDegreeWeak,
	"degree_after":    isDegreeAfter,
	"mock":            isMock,
	"mock_mild":       isMockMild,
	"filler":          isFiller,
	"when":            isWhen,
	"third":           isThird,
	"aspect":          isAspect,
	"work":            isWork,
	"person":          isPerson,
	"due":             isDue,
	"particle":        isParticle,
	"done":            isDone,
	"already":         isAlready,
	"solve":           isSolve,
	"handle":          isHandle,
	"act":             isAct,
	"finished":        isFinished,
	"solved_state":    isSolvedState,
	"unsolved":        isUnsolved,
	"trouble":         isTrouble,
	"persist":         isPersist,
	"partial":         isPartial,
	"only":            isOnly,
	"look":            isLook,
	"question":        isQuestion,
	"why":             isWhy,
	"question_opens":  isQuestionOpens,
	"condition":       isCondition,
	"condition_after": isConditionAfter,
	"then":            isThen,
	"wish":            isWish,
	"urge":            isUrge,
	"later":           isLater,
	"either":          isEither,
	"maybe":           isMaybe,
	"hearsay":         isHearsay,
	"coerced":         isCoerced,
	"past":            isPast,
	"now":             isNow,
	"contrast":        isContrast,
	"irony":           isIrony,
	"swear":           isSwear,
	"polite":          isPolite,
	"ordeal":          isOrdeal,
	"choose":          isChoose,
	"mistake":         isMistake,
	"correct_to":      isCorrectTo,
	"wrong_person":    isWrongPerson,
	"tail_word":       isTailWord,
	"scale":           isScale,
	"stop_word":       isStopWord,
	"stop_alone":      isStopAlone,
	"stop_phrase":     isStopPhrase,
	"no_callback":     isNoCallback,
	"start_word":      isStartWord,
	"start_phrase":    isStartPhrase,
	"auto_marker":     isAutoMarker,
	"busy":            isBusy,
	"other":           isOther,
}
