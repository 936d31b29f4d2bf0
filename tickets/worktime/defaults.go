package worktime

import "time"

// Shanghai is the zone every default calendar keeps. China has had no summer
// time since 1991, so within the calendars' years it is UTC+8 throughout.
const Shanghai = "Asia/Shanghai"

// Names of the default calendars.
const (
	Department = "department"
	Window     = "window"
	Hotline    = "hotline"
)

// Defaults returns the calendars a new desk starts with. Hours differ from city
// to city: they are settings, not rules.
//
//   - department: Monday to Friday 09:00–12:00 and 13:30–17:30, holidays kept
//   - window: the same days 09:00–17:00 without a break, as halls that serve over noon do
//   - hotline: round the clock, every day; a hotline answers 7×24 (国办发〔2020〕53号)
func Defaults() []Spec {
	return []Spec{
		{
			Name: Department, Version: 1, Zone: Shanghai, Holidays: true,
			Week: MondayToFriday(
				Hours{At(9, 0), At(12, 0)},
				Hours{At(13, 30), At(17, 30)},
			),
		},
		{
			Name: Window, Version: 1, Zone: Shanghai, Holidays: true,
			Week: MondayToFriday(Hours{At(9, 0), At(17, 0)}),
		},
		{
			Name: Hotline, Version: 1, Zone: Shanghai, Holidays: false,
			Week: EveryDay(Hours{0, EndOfDay}),
		},
	}
}

// MondayToFriday is a week with these hours on five days.
func MondayToFriday(hours ...Hours) Week {
	var w Week
	for day := time.Monday; day <= time.Friday; day++ {
		w[day] = hours
	}
	return w
}

// EveryDay is a week with these hours on all seven days.
func EveryDay(hours ...Hours) Week {
	var w Week
	for day := range w {
		w[day] = hours
	}
	return w
}
