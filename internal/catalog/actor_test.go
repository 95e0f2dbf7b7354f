package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestAnActorThatTheHistoryCannotShowIsRefused(t *testing.T) {
	for actor, words := range map[string]string{
		strings.Repeat("x", 101): "has 101 characters",
		"ann\x1b[2J":             "U+001B at position 4",
		"ann\nbob":               "U+000A",
		"ann\u202e":              "U+202E",
		"ann\u200b":              "U+200B",
		"ann\u2028bob":           "U+2028",
		"ann\u009b31m":           "U+009B",
		"\xff":                   "is not UTF-8",
		"   ":                    "is blank",
	} {
		t.Run(words, func(t *testing.T) {
			t.Setenv(actorVariable, actor)
			p, _ := sqliteFile(t)
			_, err := Open(p.url)
			var wrong *ActorError
			if !errors.As(err, &wrong) || strings.Contains(err.Error(), actor) {
				t.Fatal(err)
			}
			mentions(t, err, "OTP_CATALOG_ACTOR ", words, "leave it out")
		})
	}
}

func TestTheHistoryNamesTheActorOfTheEnvironment(t *testing.T) {
	for _, actor := range []string{"ci@deploy", "Zoë Ångström (on call)", strings.Repeat("字", maxActor)} {
		t.Run(actor, func(t *testing.T) {
			t.Setenv(actorVariable, actor)
			p, _ := sqliteFile(t)
			s, err := Open(p.url)
			must(t, err)
			defer func() { must(t, s.Close()) }()
			create(t, s, plain(acme, "one"))
			equal(t, actor, get(t, s, acme).UpdatedBy)
		})
	}
}

// Before actors were bounded, a catalog may have taken anything.
func TestAnOldActorIsCleanedWhenItIsShownAndKeptInAnExport(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		nasty := "ann\x1b]52;c;aGk=\x07\u202e\nroot"
		s := p.open(t, WithActor(nasty))
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		remove(t, s, acme, 1)
		const shown = "ann]52;c;aGk= root"
		other := p.open(t)
		for _, object := range []Object{get(t, other, acme), get(t, other, login)} {
			equal(t, shown, object.UpdatedBy)
		}
		equal(t, shown, get(t, other, acme).RetiredBy)
		events, err := other.History(t.Context(), acme)
		must(t, err)
		equal(t, shown, events[0].Actor)
		_, err = other.Update(t.Context(), plain(acme, "two"), 1)
		mentions(t, err, shown+" deleted it")
		export, err := other.Export(t.Context())
		must(t, err)
		equal(t, nasty, export.History[0].Actor)
		equal(t, nasty, export.Objects[0].RetiredBy)
		equal(t, nasty, export.Objects[1].UpdatedBy)
	})
}
