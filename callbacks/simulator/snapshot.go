package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// snapshot is the whole network as it is kept; expectations are not.
type snapshot struct {
	Version int            `json:"version"`
	Seed    uint64         `json:"seed"`
	Faults  Faults         `json:"faults"`
	Phones  []*phone       `json:"phones"`
	Ledger  []*entry       `json:"ledger"`
	Queue   queue          `json:"queue"`
	Tries   map[string]int `json:"tries"`
}

const version = 1

// Save writes the network as JSON, so that a demo that is started again goes on.
func (n *Network) Save(w io.Writer) error {
	n.pump.Lock()
	defer n.pump.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	s := snapshot{Version: version, Seed: n.set.Seed, Faults: n.faults, Ledger: n.ledger, Queue: n.queue, Tries: n.tries}
	for _, number := range slices.Sorted(maps.Keys(n.phones)) {
		s.Phones = append(s.Phones, n.phones[number])
	}
	if err := json.NewEncoder(w).Encode(s); err != nil {
		return fmt.Errorf("saving the pretend network: %w", err)
	}
	return nil
}

// Load puts the network into the state that was saved. When it cannot be read
// the network stays as it is.
func (n *Network) Load(r io.Reader) error {
	var s snapshot
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return fmt.Errorf("loading the pretend network: %w", err)
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("loading the pretend network: %w", err)
	}
	n.pump.Lock()
	defer n.pump.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.clear()
	n.set.Seed, n.faults, n.ledger = s.Seed, s.Faults, s.Ledger
	maps.Copy(n.tries, s.Tries)
	for _, e := range s.Ledger {
		n.byID[e.CarrierID] = e
	}
	for _, p := range s.Phones {
		if p.Used == nil {
			p.Used = map[int]int{}
		}
		n.phones[p.Number] = p
	}
	for _, e := range s.Queue {
		n.queue.put(e)
	}
	return nil
}

// check refuses what would make a later Step stumble.
func (s snapshot) check() error {
	if s.Version != version {
		return fmt.Errorf("it is of version %d, and this program reads %d", s.Version, version)
	}
	owners := map[string]bool{}
	for _, e := range s.Ledger {
		if e == nil || e.CarrierID == "" || e.Way == "voice" && e.Talk == nil {
			return fmt.Errorf("a line of the ledger is incomplete")
		}
		owners[e.CarrierID] = e.Talk != nil
	}
	for _, p := range s.Phones {
		if p == nil || p.Number == "" {
			return fmt.Errorf("a phone has no number")
		}
		if err := p.Habit.check(); err != nil {
			return err
		}
	}
	for _, e := range s.Queue {
		talks, known := owners[e.Of]
		switch e.Kind {
		case becomes, reports:
			if !known {
				return fmt.Errorf("an event belongs to nothing")
			}
		case answered, presses:
			if !talks {
				return fmt.Errorf("keys belong to no call")
			}
		case says, comes:
		default:
			return fmt.Errorf("%q is no event", e.Kind)
		}
	}
	return nil
}
