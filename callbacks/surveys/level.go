package surveys

// Level is one of the five grades of the national good-or-bad review (好差评):
// 1 非常满意 to 5 非常不满意. Zero is no answer, which is none of them.
//
// The grades and their order are those of the State Council's opinion on the
// review of government services (国办发〔2019〕51号).
type Level int

// The grades, numbered as a citizen types them.
const (
	NoLevel Level = iota
	VerySatisfied
	Satisfied
	BasicallySatisfied
	Dissatisfied
	VeryDissatisfied
)

// Levels lists the five grades from best to worst.
func Levels() []Level {
	return []Level{VerySatisfied, Satisfied, BasicallySatisfied, Dissatisfied, VeryDissatisfied}
}

// Known reports whether l is one of the five grades.
func (l Level) Known() bool { return l >= VerySatisfied && l <= VeryDissatisfied }

// Content reports whether l counts as satisfied (满意, in the wide sense of the
// satisfaction rate): 非常满意, 满意 or 基本满意. No answer does not.
func (l Level) Content() bool { return l >= VerySatisfied && l <= BasicallySatisfied }

// String is the stored word of l: very_satisfied … very_dissatisfied, or "".
func (l Level) String() string {
	return [...]string{"", "very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied"}[l.index()]
}

// In names l as the survey does, in Chinese or English; "" for no grade.
func (l Level) In(lang Lang) string {
	zh := [...]string{"", "非常满意", "满意", "基本满意", "不满意", "非常不满意"}
	en := [...]string{"", "very satisfied", "satisfied", "basically satisfied", "dissatisfied", "very dissatisfied"}
	if lang == English {
		return en[l.index()]
	}
	return zh[l.index()]
}

func (l Level) index() int {
	if !l.Known() {
		return 0
	}
	return int(l)
}

// Solved is the answer to the other question: is the matter solved? It is asked
// and counted apart from the grade.
type Solved string

// The answers; SolvedUnknown means nothing was said.
const (
	SolvedUnknown Solved = ""
	SolvedYes     Solved = "yes"
	SolvedNo      Solved = "no"
)

// Bool is true, false or, when nothing was said, nil.
func (s Solved) Bool() *bool {
	if s == SolvedUnknown {
		return nil
	}
	yes := s == SolvedYes
	return &yes
}

// Question is one thing a survey asks.
type Question string

// The questions. QuestionNone stands for the survey itself, which asks the grade
// and whether it is solved in one message.
const (
	QuestionNone   Question = ""
	QuestionRating Question = "rating"
	QuestionSolved Question = "solved"
	QuestionReason Question = "reason"
)

// Lang is a language a survey can be held in.
type Lang string

// The languages every template exists in.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)
