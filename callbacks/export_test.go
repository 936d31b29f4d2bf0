package callbacks

// OnStep has f called between every two steps of an attempt, a survey and a
// recording; a test kills the engine there.
func (e *Engine) OnStep(f func(step string) error) { e.step = f }

// Steps are their names.
var Steps = []string{stepClaimed, stepBegun, stepChecked, stepSpoken, stepRecorded, stepAsked, stepEarly, stepSurveys, stepActed, stepSaved, stepNoted}
