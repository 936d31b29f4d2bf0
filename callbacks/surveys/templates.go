package surveys

// templates is every text of the survey. Texts open with the sender in signature
// brackets and close with the way out, as carriers demand of service messages.
var templates = []Template{
	{TemplateAsk, 1, Chinese, "【{sender}】您反映的“{matter}”（尾号{tail}）已办结，请您评价：1非常满意 2满意 3基本满意 4不满意 5非常不满意；未解决请回0，可附文字。回T退订"},
	{TemplateAsk, 1, English, "[{sender}] Your matter \"{matter}\" (no. ending {tail}) was reported as dealt with. Please reply 1 very satisfied, 2 satisfied, 3 basically satisfied, 4 dissatisfied, 5 very dissatisfied; 0 if it is not solved. You may add words. Reply T to opt out."},

	{TemplateRemind, 1, Chinese, "【{sender}】您反映的“{matter}”（尾号{tail}）尚未收到您的评价：1非常满意 2满意 3基本满意 4不满意 5非常不满意；未解决请回0，可附文字。回T退订"},
	{TemplateRemind, 1, English, "[{sender}] We have not yet heard how \"{matter}\" (no. ending {tail}) went: 1 very satisfied, 2 satisfied, 3 basically satisfied, 4 dissatisfied, 5 very dissatisfied; 0 if it is not solved. Reply T to opt out."},

	{TemplateAskAgain, 1, Chinese, "【{sender}】抱歉，未能准确理解您对尾号{tail}的回复。请只回一个数字：1非常满意 2满意 3基本满意 4不满意 5非常不满意；未解决请回0。也可等候人工回访。回T退订"},
	{TemplateAskAgain, 1, English, "[{sender}] Sorry, we could not be sure of your reply about no. {tail}. Please send one digit: 1 very satisfied, 2 satisfied, 3 basically satisfied, 4 dissatisfied, 5 very dissatisfied; 0 if it is not solved. Or wait for a call from a person. Reply T to opt out."},

	{TemplateWhich, 1, Chinese, "【{sender}】您有多件诉求待评价，请在数字前写明工单尾号，中间空一格，例如“{tail} 数字”。回T退订"},
	{TemplateWhich, 1, English, "[{sender}] Several of your matters await a reply. Please put the ending of the number before the digit, with a blank between, as in \"{tail} digit\". Reply T to opt out."},

	{TemplateAskSolved, 1, Chinese, "【{sender}】感谢评价。请问尾号{tail}反映的问题是否已解决？已解决请回“是”，未解决请回0。回T退订"},
	{TemplateAskSolved, 1, English, "[{sender}] Thank you. Has the matter ending {tail} been solved? Reply \"yes\" if it has, 0 if it has not. Reply T to opt out."},

	{TemplateAskReason, 1, Chinese, "【{sender}】感谢评价。请用几个字告诉我们尾号{tail}不满意的原因，以便改进或重新办理。回T退订"},
	{TemplateAskReason, 1, English, "[{sender}] Thank you. Please tell us in a few words why you are not satisfied with no. {tail}, so that it can be done again or better. Reply T to opt out."},

	{TemplateLink, 1, Chinese, "【{sender}】您反映的“{matter}”（尾号{tail}）已办结，请点击 {link} 评价，约需半分钟。回T退订"},
	{TemplateLink, 1, English, "[{sender}] \"{matter}\" (no. ending {tail}) was reported as dealt with. Please tell us how it went at {link}, half a minute. Reply T to opt out."},

	{TemplateThanks, 1, Chinese, "【{sender}】已收到您对尾号{tail}的评价，谢谢。如需更正，请直接回复新的数字。"},
	{TemplateThanks, 1, English, "[{sender}] We have your reply about no. {tail}, thank you. To change it, just send another digit."},

	{TemplateRework, 1, Chinese, "【{sender}】已收到您对尾号{tail}的评价，我们将要求承办单位重新办理并再次向您回访。"},
	{TemplateRework, 1, English, "[{sender}] We have your reply about no. {tail}. The department will be asked to deal with it again, and we will ask you again."},

	{TemplateStopped, 1, Chinese, "【{sender}】已为您停止发送回访短信。如需恢复，请回复“恢复”。"},
	{TemplateStopped, 1, English, "[{sender}] You will get no more survey texts. To have them again, reply START."},

	{TemplateStartAgain, 1, Chinese, "【{sender}】已为您恢复回访短信。回T退订"},
	{TemplateStartAgain, 1, English, "[{sender}] You will get survey texts again. Reply T to opt out."},
}
