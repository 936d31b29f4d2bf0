package tickets

import (
	"slices"

	"nengban/tickets/staff"
)

// OpenConsultation (会商) calls departments together over a hard or disputed
// matter. Whoever held a part is released: the conclusion names the lead anew.
type OpenConsultation struct {
	free
	Departments []string `json:"departments" field:"departments,need"`
	Text        string   `json:"text" field:"area,need,max=1000"` // what is to be settled
}

// Act is staff.OpenConsultation.
func (OpenConsultation) Act() Act { return staff.OpenConsultation }

func (m OpenConsultation) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	for _, d := range m.Departments {
		sc.department("departments", d, &es)
	}
	return Details{Departments: m.Departments, Text: m.Text}, InConsultation, es.orNil()
}

// GiveOpinion is what one of the departments says.
type GiveOpinion struct {
	Department string `json:"department,omitempty" field:"department"`
	Text       string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.GiveOpinion.
func (GiveOpinion) Act() Act { return staff.GiveOpinion }

func (m GiveOpinion) available(sc *scene) error {
	if sc.by.Department != "" && m.speaksFor(sc) == "" {
		return sc.refuse("not_consulted")
	}
	return nil
}

func (m GiveOpinion) decide(sc *scene) (Details, Status, error) {
	d := m.speaksFor(sc)
	if d == "" {
		return Details{}, "", FieldErrors{{Field: "department", Code: "missing"}}
	}
	return Details{Department: d, Text: m.Text}, InConsultation, nil
}

// speaksFor returns the consulted department whose opinion this is: a member's
// own, or the one that the desk writes down for.
func (m GiveOpinion) speaksFor(sc *scene) string {
	for _, d := range sc.t.Consultation.Departments {
		named := m.Department == "" || m.Department == d
		if named && (sc.reaches(d) || sc.by.Department == "" && m.Department == d) {
			return d
		}
	}
	return ""
}

// ConcludeConsultation writes down what was settled and who leads.
type ConcludeConsultation struct {
	free
	Text      string   `json:"text" field:"area,need,max=2000"`
	Lead      string   `json:"lead" field:"department,need"`
	Assisting []string `json:"assisting,omitempty" field:"departments"`
}

// Act is staff.ConcludeConsultation.
func (ConcludeConsultation) Act() Act { return staff.ConcludeConsultation }

func (m ConcludeConsultation) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("lead", m.Lead, &es)
	for _, d := range m.Assisting {
		sc.department("assisting", d, &es)
	}
	if slices.Contains(m.Assisting, m.Lead) {
		es.add("assisting", "is_the_lead", m.Lead)
	}
	return Details{Text: m.Text, Lead: m.Lead, Assisting: m.Assisting}, ToDispatch, es.orNil()
}
