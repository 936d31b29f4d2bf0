package api

import (
	"reflect"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

// schemas collects the types that answers are made of, by name.
type schemas struct{ all node }

// enums are closed lists that their types do not name themselves.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[tickets.Status]():           statusWords(),
	reflect.TypeFor[tickets.Act]():              actWords(),
	reflect.TypeFor[tickets.Outcome]():          {string(tickets.Answered), string(tickets.Handled), string(tickets.Declined), string(tickets.HandedOver), string(tickets.Withdrawn)},
	reflect.TypeFor[tickets.AssignmentRole]():   {string(tickets.Lead), string(tickets.Assisting)},
	reflect.TypeFor[tickets.AssignmentStatus](): {string(tickets.Awaiting), string(tickets.Signed), string(tickets.Replied), string(tickets.Returned), string(tickets.Released)},
	reflect.TypeFor[staff.Role]():               roleWords(),
	reflect.TypeFor[sla.ClockName]():            asWords(sla.Clocks),
	reflect.TypeFor[sla.State]():                asWords([]sla.State{sla.Running, sla.Paused, sla.Met, sla.Breached, sla.Void}),
}

// of returns the schema of a type; structs become components.
func (s *schemas) of(t reflect.Type) node {
	if words, ok := enums[t]; ok {
		return node{"type": "string", "enum": words}
	}
	if o, ok := reflect.Zero(t).Interface().(interface{ Options() []string }); ok {
		return node{"type": "string", "enum": o.Options()}
	}
	if t == reflect.TypeFor[time.Time]() {
		return node{"type": "string", "format": "date-time"}
	}
	if t == reflect.TypeFor[Words]() || t == reflect.TypeFor[Steps]() {
		return byLanguage(s.of(t.Elem()))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return node{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		return s.component(t)
	case reflect.Bool:
		return node{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return node{"type": "integer"}
	case reflect.Map:
		return node{"type": "object"}
	default:
		return node{"type": "string"}
	}
}

func (s *schemas) component(t reflect.Type) node {
	ref := node{"$ref": "#/components/schemas/" + t.Name()}
	if _, done := s.all[t.Name()]; done {
		return ref
	}
	out := node{"type": "object", "additionalProperties": false}
	s.all[t.Name()] = out // before its fields: types may hold themselves
	properties, required := node{}, []string{}
	s.fields(t, properties, &required)
	out["properties"] = properties
	if len(required) > 0 {
		out["required"] = required
	}
	return ref
}

// fields adds a struct's fields; those of embedded structs count as its own.
func (s *schemas) fields(t reflect.Type, properties node, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			s.fields(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		schema := s.of(f.Type)
		if words := f.Tag.Get("enum"); words != "" {
			schema["enum"] = strings.Split(words, ",")
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			schema["description"] = doc
		}
		properties[name] = schema
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

func byLanguage(of node) node {
	properties := node{}
	for _, lang := range i18n.Languages {
		properties[lang] = of
	}
	return node{"type": "object", "properties": properties, "required": i18n.Languages, "additionalProperties": false}
}

func actWords() []string {
	out := []string{string(staff.Register)}
	for _, r := range tickets.Table {
		out = append(out, string(r.Act))
	}
	return out
}

func roleWords() []string {
	return append([]string{string(staff.Citizen), string(staff.System)}, asWords(staff.Roles)...)
}

func asWords[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}
