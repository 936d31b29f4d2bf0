package triage

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"time"
)

const modelsMagic = "nengban triage models 1\n"

// storedModels is what was learned, on disk.
type storedModels struct {
	TrainedAt, Through time.Time
	Decisions          int
	Steps              []Step
	Record             record
	Questions          []storedModel
}

type storedModel struct {
	Question string
	Model    []byte
}

// MarshalBinary writes what was learned, always to the same bytes.
func (m *Models) MarshalBinary() ([]byte, error) {
	s := storedModels{TrainedAt: m.TrainedAt.UTC(), Through: m.Through.UTC(), Decisions: m.Decisions, Steps: m.Progress.Steps, Record: m.Progress.record}
	for _, q := range m.Learned() {
		data, err := m.Of[q].MarshalBinary()
		if err != nil {
			return nil, err
		}
		s.Questions = append(s.Questions, storedModel{q, data})
	}
	var out bytes.Buffer
	out.WriteString(modelsMagic)
	if err := gob.NewEncoder(&out).Encode(s); err != nil {
		return nil, fmt.Errorf("writing triage models: %w", err)
	}
	return out.Bytes(), nil
}

// LoadModels reads what MarshalBinary of Models wrote. It returns ErrNotAModel
// (wrapped) for anything else.
func LoadModels(data []byte) (*Models, error) {
	rest, ok := bytes.CutPrefix(data, []byte(modelsMagic))
	if !ok {
		return nil, fmt.Errorf("reading triage models of %d bytes: %w", len(data), ErrNotAModel)
	}
	var s storedModels
	if err := gob.NewDecoder(bytes.NewReader(rest)).Decode(&s); err != nil {
		return nil, fmt.Errorf("reading triage models: %w: %w", ErrNotAModel, err)
	}
	m := &Models{TrainedAt: s.TrainedAt, Through: s.Through, Decisions: s.Decisions, Of: map[string]*Model{},
		Progress: Progress{Steps: s.Steps, record: s.Record}}
	for _, q := range s.Questions {
		one, err := Load(q.Model)
		if err != nil {
			return nil, fmt.Errorf("reading the model of the %s: %w", q.Question, err)
		}
		m.Of[q.Question] = one
	}
	return m, nil
}
