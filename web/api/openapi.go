package api

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"nengban/tickets"
	"nengban/web/page"
)

// openapi answers the description of this API (OpenAPI 3.1).
func (a *API) openapi(w http.ResponseWriter, _ *http.Request) error {
	return give(w, http.StatusOK, a.Document())
}

// node is a piece of the description.
type node = map[string]any

// Document draws the description from the operations, the state table and the
// types that answers are made of.
func (a *API) Document() map[string]any {
	s := &schemas{all: node{}}
	paths := node{}
	for _, op := range a.ops {
		at, ok := paths[op.path].(node)
		if !ok {
			at = node{}
			paths[op.path] = at
		}
		at[map[string]string{"GET": "get", "POST": "post"}[op.method]] = s.operation(op)
	}
	s.all["Problem"] = problemSchema
	return node{
		"openapi": "3.1.0",
		"info": node{"title": "Nengban · 能办", "version": "1", "description": "The desk behind a city's 12345 hotline, for programs. Log in at POST /login with a cookie jar; " +
			"see docs/api.md for examples. Texts of problems follow Accept-Language (zh-CN, en); their codes do not change."},
		"servers":  []node{{"url": Base}},
		"security": []node{{"session": []string{}}},
		"tags":     []node{{"name": "tickets"}, {"name": "acts", "description": "One address for each line of the state table"}, {"name": "desk"}, {"name": "citizens"}},
		"paths":    paths,
		"components": node{
			"schemas":         s.all,
			"securitySchemes": node{"session": node{"type": "apiKey", "in": "cookie", "name": "nengban", "description": "The session of POST /login; over https the cookie is __Host-nengban"}},
		},
	}
}

func (s *schemas) operation(op operation) node {
	out := node{"operationId": op.id, "summary": op.summary, "tags": []string{op.tag}, "responses": s.responses(op)}
	if op.about != "" {
		out["description"] = op.about
	}
	if params := parameters(op); len(params) > 0 {
		out["parameters"] = params
	}
	if op.who == page.Anyone {
		out["security"] = []node{}
	}
	switch {
	case op.file:
		out["requestBody"] = node{"required": true, "content": node{"multipart/form-data": node{"schema": node{"type": "object", "required": []string{"file"},
			"properties": node{"file": node{"type": "string", "contentMediaType": "application/octet-stream"}}}}}}
	case op.form != nil:
		out["requestBody"] = node{"required": true, "content": node{"application/json": node{"schema": bodySchema(op)}}}
	}
	return out
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func parameters(op operation) []node {
	var out []node
	for _, m := range inPath.FindAllStringSubmatch(op.path, -1) {
		schema := node{"type": "string"}
		if m[1] == "id" {
			schema = node{"type": "integer"}
		}
		out = append(out, node{"name": m[1], "in": "path", "required": true, "schema": schema})
	}
	for _, f := range op.query {
		schema := node{"type": "string"}
		if f.options != nil {
			schema["enum"] = f.options
		}
		if f.pattern == "date-time" {
			schema["description"] = "RFC 3339, or a day in Shanghai: 2026-09-24"
		}
		if f.many {
			schema = node{"type": "array", "items": schema}
		}
		out = append(out, node{"name": f.name, "in": "query", "description": f.doc, "schema": schema})
	}
	return out
}

// bodySchema comes from the fields that the act asks for, so that form, check
// and description cannot differ.
func bodySchema(op operation) node {
	properties, required := node{}, []string{}
	for _, f := range tickets.Fields(op.form) {
		properties[f.Name] = fieldSchema(f, op.form)
		if f.Need {
			required = append(required, f.Name)
		}
	}
	if op.needs != "" {
		properties[op.needs] = node{"type": "integer", "minimum": 1, "description": "Of the ticket, as it was seen"}
		required = append(required, op.needs)
	}
	slices.Sort(required)
	out := node{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func fieldSchema(f tickets.Field, form any) node {
	var out node
	switch kindOf(f, form) {
	case "boolean":
		return node{"type": "boolean"}
	case "integer":
		out = node{"type": "integer", "minimum": f.Min}
		if f.Max > 0 {
			out["maximum"] = f.Max
		}
		return out
	case "strings":
		return node{"type": "array", "items": node{"type": "string", "maxLength": 200}, "maxItems": 50}
	case "time":
		return node{"type": "string", "description": "RFC 3339; without a zone, Shanghai's: 2026-09-24T16:50"}
	}
	out = node{"type": "string"}
	if f.Max > 0 {
		out["maxLength"] = f.Max
	}
	if f.Options != nil {
		options := f.Options
		if !f.Need {
			options = append([]string{""}, options...)
		}
		out["enum"] = options
	}
	return out
}

// everywhere are the problems that every address may answer with.
var everywhere = []int{http.StatusBadRequest, http.StatusInternalServerError}

func (s *schemas) responses(op operation) node {
	out := node{}
	status := op.status
	if status == 0 {
		status = http.StatusOK
	}
	reply := func(v any) node {
		return node{"description": http.StatusText(status), "content": node{"application/json": node{"schema": s.of(reflect.TypeOf(v))}}}
	}
	if op.reply == nil {
		out["200"] = node{"description": "The file", "content": node{"*/*": node{"schema": node{"type": "string"}}}}
	} else {
		out[strconv.Itoa(status)] = reply(op.reply)
	}
	if op.also != nil {
		out["200"] = reply(op.also)
	}
	if op.needs == "version" || op.file {
		out["204"] = node{"description": "Done; the ticket is out of the asker's reach now"}
	}
	problems := append(slices.Clone(everywhere), op.refuses...)
	if op.who != page.Anyone {
		problems = append(problems, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.form != nil || op.file {
		problems = append(problems, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, code := range problems {
		out[strconv.Itoa(code)] = node{"description": http.StatusText(code), "content": node{"application/problem+json": node{"schema": node{"$ref": "#/components/schemas/Problem"}}}}
	}
	return out
}

// problemSchema is the shape of web/handler.go's problems (RFC 9457).
var problemSchema = node{
	"type": "object", "additionalProperties": false, "required": []string{"type", "title", "status", "code", "request"},
	"properties": node{
		"type":    node{"type": "string"},
		"title":   node{"type": "string", "description": "In the language of Accept-Language"},
		"status":  node{"type": "integer"},
		"code":    node{"type": "string", "description": "What went wrong, as a word that does not change: no_ticket, not_allowed, changed, wrong_status, fields …"},
		"detail":  node{"type": "string"},
		"request": node{"type": "string", "description": "Name of the request, for whoever helps"},
		"version": node{"type": "integer", "description": "With code changed: of the ticket as it stands now"},
		"seen":    node{"type": "integer", "description": "With code changed: the version that was sent"},
		"fields": node{"type": "array", "items": node{"type": "object", "additionalProperties": false, "required": []string{"field", "code", "message"},
			"properties": node{"field": node{"type": "string"}, "code": node{"type": "string"}, "message": node{"type": "string"}}}},
	},
}
