package tickets

import (
	"slices"

	"nengban/tickets/staff"
)

// Remind (催办) passes on that somebody is waiting.
type Remind struct {
	free
	Text string `json:"text" field:"area,need,max=1000"`
}

// Act is staff.Remind.
func (Remind) Act() Act { return staff.Remind }

func (m Remind) decide(sc *scene) (Details, Status, error) {
	return Details{Text: m.Text}, sc.t.Status, nil
}

// Supervise (督办) opens an order: blue near the deadline, yellow behind it or
// poor work, red overdue, refused or ignored (三色督办单).
type Supervise struct {
	free
	Colour     Colour `json:"colour" field:"select,need"`
	Department string `json:"department,omitempty" field:"department"`
	Reason     string `json:"reason" field:"area,need,max=1000"`
	Account    bool   `json:"account,omitempty" field:"check"` // opens an accountability record too
}

// Act is staff.Supervise.
func (Supervise) Act() Act { return staff.Supervise }

func (m Supervise) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("department", m.Department, &es)
	about := m.Department
	if about == "" {
		about = sc.t.Lead
	}
	return Details{Opens: &Opening{Colour: m.Colour, Department: about, Reason: m.Reason, Accountability: m.Account}}, sc.t.Status, es.orNil()
}

// AnswerOrder is the department's answer to an order.
type AnswerOrder struct {
	Order int    `json:"order" field:"number,need,min=1,max=1000"`
	Text  string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.AnswerOrder.
func (AnswerOrder) Act() Act { return staff.AnswerOrder }

func (AnswerOrder) available(sc *scene) error {
	if !slices.ContainsFunc(sc.t.Orders, func(o Order) bool { return o.ClosedAt == nil }) {
		return sc.refuse("no_open_order")
	}
	return nil
}

func (m AnswerOrder) decide(sc *scene) (Details, Status, error) {
	if m.Order > len(sc.t.Orders) || sc.t.Orders[m.Order-1].ClosedAt != nil {
		return Details{}, "", FieldErrors{{Field: "order", Code: "no_open_order", Args: []any{m.Order}}}
	}
	return Details{Order: m.Order, Text: m.Text, Department: sc.by.Department}, sc.t.Status, nil
}

// CloseOrder ends an order with what was found.
type CloseOrder struct {
	Order int    `json:"order" field:"number,need,min=1,max=1000"`
	Text  string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.CloseOrder.
func (CloseOrder) Act() Act { return staff.CloseOrder }

func (CloseOrder) available(sc *scene) error { return AnswerOrder{}.available(sc) }

func (m CloseOrder) decide(sc *scene) (Details, Status, error) {
	return AnswerOrder(m).decide(sc)
}

// CloseAccountability ends an accountability record with the decision taken.
type CloseAccountability struct {
	Order int    `json:"order" field:"number,need,min=1,max=1000"`
	Text  string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.CloseAccountability.
func (CloseAccountability) Act() Act { return staff.CloseAccountability }

func (CloseAccountability) available(sc *scene) error {
	if !slices.ContainsFunc(sc.t.Accountability, func(a Accounting) bool { return a.ClosedAt == nil }) {
		return sc.refuse("no_open_record")
	}
	return nil
}

func (m CloseAccountability) decide(sc *scene) (Details, Status, error) {
	if m.Order > len(sc.t.Accountability) || sc.t.Accountability[m.Order-1].ClosedAt != nil {
		return Details{}, "", FieldErrors{{Field: "order", Code: "no_open_record", Args: []any{m.Order}}}
	}
	return Details{Order: m.Order, Text: m.Text}, sc.t.Status, nil
}

// AddNote leaves a word for colleagues; the citizen does not see it.
type AddNote struct {
	free
	Text string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.AddNote.
func (AddNote) Act() Act { return staff.AddNote }

func (m AddNote) decide(sc *scene) (Details, Status, error) {
	return Details{Text: m.Text, Department: sc.by.Department}, sc.t.Status, nil
}

// Attach adds files that were stored before (see Desk.Store).
type Attach struct {
	free
	Attachments []int64 `json:"attachments"`
	Text        string  `json:"text,omitempty" field:"text,max=200"`
}

// Act is staff.Attach.
func (Attach) Act() Act { return staff.Attach }

func (m Attach) decide(sc *scene) (Details, Status, error) {
	if len(m.Attachments) == 0 {
		return Details{}, "", FieldErrors{{Field: "attachments", Code: "missing"}}
	}
	return Details{Attachments: m.Attachments, Text: m.Text}, sc.t.Status, nil
}
