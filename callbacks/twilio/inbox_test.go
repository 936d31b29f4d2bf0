package twilio_test

import (
	"context"
	"sync"

	"nengban/callbacks"
)

// inbox keeps what it is handed and says what it is told to say.
type inbox struct {
	mu sync.Mutex
	handed
	say *callbacks.Prompt
	err error
}

type handed struct {
	reports []callbacks.Report
	texts   []callbacks.Incoming
	picked  []pickedUp
	keys    []callbacks.Keys
}

type pickedUp struct {
	sid, ref string
	machine  bool
}

func (i *inbox) Report(_ context.Context, r callbacks.Report) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reports = append(i.reports, r)
	return i.err
}

func (i *inbox) Text(_ context.Context, in callbacks.Incoming) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.texts = append(i.texts, in)
	return i.err
}

func (i *inbox) Answered(_ context.Context, sid, ref string, machine bool) (*callbacks.Prompt, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.picked = append(i.picked, pickedUp{sid, ref, machine})
	return i.say, i.err
}

func (i *inbox) Pressed(_ context.Context, k callbacks.Keys) (*callbacks.Prompt, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append(i.keys, k)
	return i.say, i.err
}

func (h handed) count() int { return len(h.reports) + len(h.texts) + len(h.picked) + len(h.keys) }
