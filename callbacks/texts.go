package callbacks

import (
	"fmt"
	"slices"
	"strings"

	"nengban/callbacks/surveys"
	"nengban/tickets"
)

// callScript is the name of the survey call that carriers are given.
const callScript = "survey_voice"

// The parameters that a notice has beside those of the surveys' templates.
const (
	paramDue    = "due"    // the new date, 12月3日
	paramReason = "reason" // why, a word from a list
)

// completedTogether is Completed for whoever was merged into the main ticket:
// nobody asks him how it went.
const completedTogether = "notice_completed_together"

// noticeTemplates are the texts that tell a citizen how far his matter is.
// They name the ticket by its tail and the matter by its category, and nobody.
var noticeTemplates = []surveys.Template{
	{Name: string(Accepted), Version: 1, Lang: surveys.Chinese, Body: "【{sender}】您反映的“{matter}”已受理，工单尾号{tail}。凭编号和提取码可查询进展。"},
	{Name: string(Accepted), Version: 1, Lang: surveys.English, Body: "[{sender}] Your matter \"{matter}\" has been accepted, number ending {tail}. Look it up with the number and your code."},
	{Name: string(Dispatched), Version: 1, Lang: surveys.Chinese, Body: "【{sender}】您反映的“{matter}”（尾号{tail}）已转承办单位办理，单位会与您联系。"},
	{Name: string(Dispatched), Version: 1, Lang: surveys.English, Body: "[{sender}] Your matter \"{matter}\" (no. ending {tail}) is with the department in charge, which will get in touch."},
	{Name: string(Extended), Version: 1, Lang: surveys.Chinese, Body: "【{sender}】您反映的“{matter}”（尾号{tail}）因{reason}需延期办理，新的办理期限为{due}。"},
	{Name: string(Extended), Version: 1, Lang: surveys.English, Body: "[{sender}] Your matter \"{matter}\" (no. ending {tail}) needs more time ({reason}). The new date is {due}."},
	{Name: string(Completed), Version: 1, Lang: surveys.Chinese, Body: "【{sender}】您反映的“{matter}”（尾号{tail}）已有办理结果，凭编号和提取码可查看。稍后将请您评价。"},
	{Name: string(Completed), Version: 1, Lang: surveys.English, Body: "[{sender}] There is a result for \"{matter}\" (no. ending {tail}); see it with the number and your code. We will ask you how it went."},
	{Name: completedTogether, Version: 1, Lang: surveys.Chinese, Body: "【{sender}】您反映的“{matter}”（尾号{tail}）与他人反映的同一件事一并办理，已有了结果，凭编号和提取码可查看。"},
	{Name: completedTogether, Version: 1, Lang: surveys.English, Body: "[{sender}] There is a result for \"{matter}\" (no. ending {tail}), handled together with others'; see it with the number and your code."},
}

// Templates lists every text that the program can send, in every version and
// language: what a carrier is asked to approve.
func Templates() []surveys.Template {
	return append(surveys.Templates(), noticeTemplates...)
}

// langOf is the survey's language for a caller's: Chinese unless he speaks English.
func langOf(s string) surveys.Lang {
	if strings.HasPrefix(strings.ToLower(s), "en") {
		return surveys.English
	}
	return surveys.Chinese
}

// newestTemplate returns the version that a new text is written in.
func newestTemplate(name, lang string) (surveys.Template, error) {
	i := slices.IndexFunc(noticeTemplates, func(t surveys.Template) bool { return t.Name == name && t.Lang == langOf(lang) })
	if i >= 0 {
		return noticeTemplates[i], nil
	}
	return surveys.Find(name, langOf(lang))
}

// templateOf returns the template an attempt was queued with, so that the same
// attempt has the same words whenever it is looked at.
func templateOf(a *attemptRow) (surveys.Template, error) {
	for _, t := range noticeTemplates {
		if t.Name == a.Template && t.Version == a.TemplateVersion && t.Lang == langOf(a.Lang) {
			return t, nil
		}
	}
	return surveys.FindVersion(a.Template, a.TemplateVersion, langOf(a.Lang))
}

// render fills a template with those of the arguments that it has, and returns
// the words and the parameters that a carrier of templates is given.
func render(t surveys.Template, args map[string]string) (string, map[string]string, error) {
	shared, params := map[string]string{}, map[string]string{}
	for _, name := range t.Params() {
		params[name] = args[name]
		if name != paramDue && name != paramReason {
			shared[name] = args[name]
			continue
		}
		if n := len([]rune(args[name])); n == 0 || n > 14 || strings.ContainsAny(args[name], "【】{}\n\r") {
			return "", nil, fmt.Errorf("writing a text: %s of %s is missing or does not fit", name, t.Name)
		}
		t.Body = strings.ReplaceAll(t.Body, "{"+name+"}", args[name])
	}
	words, err := surveys.Render(t, shared)
	if err != nil {
		return "", nil, fmt.Errorf("writing a text: %w", err)
	}
	return words, params, nil
}

// matterOf names what a ticket is about without telling who it is about: its
// category; where there is none, or the caller asked for secrecy, only the
// kind of the request.
func (e *Engine) matterOf(t *tickets.Ticket, lang string) string {
	if c, ok := e.desk.Directory().Category(t.Category); ok && !t.Confidential {
		name := c.Name
		if langOf(lang) == surveys.English && c.NameEn != "" {
			name = c.NameEn
		}
		if short := surveys.ShortMatter(name); short != "" {
			return short
		}
	}
	if words, ok := kindWords[t.Kind]; ok {
		return words[langOf(lang)]
	}
	return kindWords[tickets.Complaint][langOf(lang)] // 诉求事项 says least
}

var kindWords = map[tickets.Kind]map[surveys.Lang]string{
	tickets.Inquiry:      {surveys.Chinese: "咨询事项", surveys.English: "inquiry"},
	tickets.Assistance:   {surveys.Chinese: "求助事项", surveys.English: "request"},
	tickets.Complaint:    {surveys.Chinese: "诉求事项", surveys.English: "complaint"},
	tickets.Irregularity: {surveys.Chinese: "反映事项", surveys.English: "report"}, // 举报 is nothing for a screen that others read
	tickets.Suggestion:   {surveys.Chinese: "建议事项", surveys.English: "suggestion"},
	tickets.Praise:       {surveys.Chinese: "来电事项", surveys.English: "message"},
}
