package otp

// workshop is what the routes of one document share while it is made. A nil one
// serves a route that is made alone.
type workshop struct {
	wordings []parsedWording
	parsed   bool

	outcomes   []Outcome
	conditions []Condition
	codes      []int
	values     []any
}

type parsedWording struct {
	Wording
	text   Text
	faults []TextFault
}

// wordingsOf parses the wordings of a template, once for all routes.
func (w *workshop) wordingsOf(t *MessageTemplate) []parsedWording {
	if w != nil && w.parsed {
		return w.wordings
	}
	wordings := t.Wordings()
	parsed := make([]parsedWording, len(wordings))
	for i, wording := range wordings {
		parsed[i].Wording = wording
		parsed[i].text, parsed[i].faults = ParseText(wording.Text)
	}
	if w != nil {
		w.wordings, w.parsed = parsed, true
	}
	return parsed
}

// spell names the variables of the route's account, unless a route before has it.
func (r *RoutePlan) spell(before []compiledRoute) {
	for _, other := range before {
		if other.plan.Route.Vendor == r.Route.Vendor && other.plan.Route.Account == r.Route.Account {
			r.spelled, r.credential = other.plan.spelled, other.plan.credential
			return
		}
	}
	r.spelled = &spellings{of: r.Variables(), known: make([]spelling, 0, 8)}
	r.credential = r.spelled.variable
}

// spellings are what the calls of an account have in common: its credentials, and
// the addresses of its vendor.
type spellings struct {
	of    Variables
	known []spelling
}

type spelling struct{ of, text string } // of a field or a path, which begins with a slash

func (s *spellings) variable(field string) string { return s.remember(field, s.of.Of) }

func (s *spellings) url(path string) string { return s.remember(path, s.of.url) }

func (s *spellings) remember(of string, spell func(string) string) string {
	for _, known := range s.known {
		if known.of == of {
			return known.text
		}
	}
	text := spell(of)
	s.known = append(s.known, spelling{of, text})
	return text
}

// Outcomes are outcomes for a call of the route that share nothing with the given
// ones, which are those of all documents of a vendor. What they consist of is kept
// together, because there are dozens of it in each document.
func (r RoutePlan) Outcomes(of []Outcome) []Outcome {
	w := r.workshop
	if w == nil {
		w = &workshop{}
	}
	own := placed(&w.outcomes, of)
	for i := range own {
		own[i].When = placed(&w.conditions, own[i].When)
		for j := range own[i].When {
			condition := &own[i].When[j]
			condition.HTTPStatus, condition.In = placed(&w.codes, condition.HTTPStatus), placed(&w.values, condition.In)
		}
	}
	return own
}

// room is how many things of a kind are made room for at once.
const room = 32

// placed copies things behind others of their kind. Who appends to the copy gets
// an array of his own.
func placed[T any](all *[]T, things []T) []T {
	if len(things) == 0 {
		return things[:0:0]
	}
	if cap(*all)-len(*all) < len(things) {
		*all = make([]T, 0, max(room, len(things)))
	}
	first := len(*all)
	*all = append(*all, things...)
	return (*all)[first:len(*all):len(*all)]
}
