package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var checks = map[otp.Aspect]Check{
	otp.AspectPermission: Permission, otp.AspectPlan: Plan, otp.AspectDevice: Device, otp.AspectSender: Sender, otp.AspectBalance: Balance,
}

var marks = map[otp.Verdict]Mark{otp.Has: OK, otp.Lacks: Fault, otp.Unknown: Unknown}

// inspect says of each route whether its account has what it needs. What is the
// same for several routes is one line.
func (x *examination) inspect(ctx context.Context) {
	type key struct {
		account
		check Check
		text  string
	}
	found := make([]otp.Findings, len(x.routes))
	vendors.SideBySide(x.routes, accountOf, func(i int, r route) {
		if x.reached[r.account] { // one that is not has its own line
			found[i] = x.clients.For(r.slug).Inspect(ctx, r.DocumentRoute, r.at())
		}
	})
	lines := map[key]int{}
	for i, r := range x.routes {
		for _, f := range found[i] {
			same := key{r.account, checks[f.Aspect], string(f.Verdict) + strings.ReplaceAll(f.Detail, r.at().String(), "")}
			if at, known := lines[same]; known {
				x.Lines[at].routes = append(x.Lines[at].routes, r)
				continue
			}
			line := Line{Mark: marks[f.Verdict], Check: checks[f.Aspect], routes: []route{r}, Text: f.Detail, Remedy: f.Remedy}
			if line.Mark == Fault {
				line.Text, line.Cause = f.Summary+". "+f.Detail, Person
			}
			lines[same] = len(x.Lines)
			x.Lines = append(x.Lines, line)
		}
	}
}

// costs says what one code costs over each route. Countries of one cost share a
// line.
func (x *examination) costs(ctx context.Context) {
	costs := make([][]otp.CodeCost, len(x.routes))
	vendors.SideBySide(x.routes, accountOf, func(i int, r route) {
		clients := x.clients.For(r.slug)
		if !x.reached[r.account] && clients.Configured(r.vendor) {
			costs[i] = vendors.UnknownCosts(r.document, r.DocumentRoute, r.vendor.Title()+" could not be asked.")
			return
		}
		costs[i] = clients.Costs(ctx, r.document, r.DocumentRoute)
	})
	for i, r := range x.routes {
		x.price(r, costs[i])
	}
}

func accountOf(_ int, r route) account { return r.account }

func (x *examination) price(r route, costs []otp.CodeCost) {
	type key struct{ text string }
	places := map[key][]string{}
	var ordered []key
	marks := map[key]Mark{}
	for _, c := range costs {
		x.Prices = append(x.Prices, Price{
			Profile: r.document.Profile, Route: r.number, Country: c.Country, Segments: c.Segments,
			Price: c.Price, Amount: c.Amount, Currency: c.Currency, Source: c.Source, AsOf: stamp(c.AsOf), Why: c.Why,
		})
		said := key{costText(c)}
		if places[said] == nil {
			ordered = append(ordered, said)
		}
		place := c.Country
		if place == "" {
			place = "other countries"
			if len(costs) == 1 {
				place = "every country"
			}
		}
		places[said] = append(places[said], place)
		marks[said] = OK
		if c.Price == "" {
			marks[said] = Unknown
		}
	}
	for _, said := range ordered {
		x.add(marks[said], Cost, r.at().String(), few(places[said])+": "+said.text, "")
	}
}

// costText is a cost without its country.
func costText(c otp.CodeCost) string {
	if c.Price == "" {
		return "not known. " + c.Why
	}
	unit := ""
	if c.Currency != "" {
		unit = " " + c.Currency
	}
	text := fmt.Sprintf("one code costs %s%s", c.Amount, unit)
	if c.Currency == "" {
		text += " in a currency that the vendor does not tell"
	}
	if c.Segments > 1 {
		text += fmt.Sprintf(": %d segments at %s", c.Segments, c.Price)
	}
	return text + fmt.Sprintf(" (%s, %s).", c.Source, c.AsOf.UTC().Format("2006-01-02"))
}

// few is a list, cut where it is long.
func few(list []string) string {
	const most = 12
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}
