package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"nengban/tickets"
	"nengban/tickets/sheet"
	"nengban/web/page"
)

// uploadTrouble is what is wrong with one row of an uploaded table.
type uploadTrouble struct {
	Line  int
	Field string // "" when it is the whole row
	Error tickets.FieldError
}

// mostTrouble is how many bad rows are shown; the rest are like them.
const mostTrouble = 200

// headings are the columns of an upload in Chinese; a column may also carry
// its field's own name.
var headings = map[string]string{"编码": "code", "名称": "name", "英文名称": "name_en", "上级编码": "parent", "类型": "type", "负责人": "leader", "联系人": "contact",
	"值班电话": "duty_phone", "工作日历": "calendar", "停用": "closed", "事项": "matter", "分类编码": "category", "区域编码": "area", "主办单位编码": "lead",
	"协办单位编码": "assisting", "依据": "basis"}

// UploadDirectory takes a table of departments, duties, areas or categories:
// CSV, XLSX or JSON lines. The good rows go in, the bad ones are named with
// their line; a known code is replaced, so that a table can be sent again.
func (p *Pages) UploadDirectory(w http.ResponseWriter, r *http.Request) error {
	tab := r.PathValue("tab")
	if !slices.Contains(tabs, tab) {
		return page.ErrNotFound
	}
	v := p.directoryPage(r, tab)
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		v.Trouble = []uploadTrouble{{Error: tickets.FieldError{Field: "file", Code: "missing"}}}
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/directory", v)
	}
	h := r.MultipartForm.File["file"][0]
	f, err := h.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	good, trouble := p.readTable(tab, h.Filename, f)
	if len(good) > 0 {
		if err := p.Places.Save(r.Context(), contentsOf(good...)); err != nil {
			return err
		}
	}
	v = p.directoryPage(r, tab)
	v.Saved, v.Trouble = len(good), trouble
	status := http.StatusOK
	if len(good) == 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.Render.Render(w, status, "staff/directory", v)
}

// readTable reads all rows before it checks any: a department may lie below
// one that comes further down.
func (p *Pages) readTable(tab, name string, f sheet.File) (good []any, trouble []uploadTrouble) {
	type read struct {
		line int
		row  any
	}
	var rows []read
	coming := map[string]bool{}
	complain := func(line int, es ...tickets.FieldError) {
		for _, e := range es {
			if len(trouble) < mostTrouble {
				trouble = append(trouble, uploadTrouble{line, e.Field, e})
			}
		}
	}
	for cells, err := range sheet.Read(name, f) {
		var bad *sheet.RowError
		switch {
		case errors.As(err, &bad):
			complain(bad.Line, tickets.FieldError{Code: "row_unreadable"})
			continue
		case err != nil:
			complain(0, tickets.FieldError{Code: "file_unreadable"})
			return nil, trouble
		case cells.Empty():
			continue
		}
		row := p.rowOf(tab, "")
		es := fill(row, cells)
		if es = append(es, tickets.Check(row)...); len(es) > 0 {
			complain(cells.Line, es...)
			continue
		}
		rows = append(rows, read{cells.Line, row})
		coming[cells.Cell("编码")+cells.Cell("code")] = true
	}
	for _, x := range rows {
		if es := p.checkRow(x.row, coming); len(es) > 0 {
			complain(x.line, es...)
			continue
		}
		good = append(good, x.row)
	}
	return good, trouble
}

// fill reads a row's cells into its form.
func fill(row any, cells sheet.Row) tickets.FieldErrors {
	var es tickets.FieldErrors
	for _, f := range tickets.Fields(row) {
		words := cells.Cell(f.Name)
		for heading, name := range headings {
			if name == f.Name && cells.Has(heading) {
				words = cells.Cell(heading)
			}
		}
		posted := []string{words}
		if f.Widget == "departments" {
			posted = strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",，、; ；", r) })
		}
		if f.Widget == "check" && slices.Contains([]string{"否", "no", "false", "0"}, strings.ToLower(words)) {
			posted = nil
		}
		if code := f.Set(row, posted, tickets.Shanghai); code != "" {
			es = append(es, tickets.FieldError{Field: f.Name, Code: code})
		}
	}
	return es
}
