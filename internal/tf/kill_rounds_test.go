//go:build linux

package tf_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// soak is what `make soak` and CI ask for: how many rounds, of how many objects.
// Without it these tests are skipped, since each round is four runs of Terraform.
func soak(t *testing.T) (rounds, objects int) {
	t.Helper()
	rounds, err := strconv.Atoi(os.Getenv("OTP_TEST_KILL_ROUNDS"))
	if err != nil {
		t.Skip("`make soak` runs this")
	}
	if objects, err = strconv.Atoi(os.Getenv("OTP_TEST_KILL_OBJECTS")); err != nil {
		t.Fatal(err)
	}
	return rounds, objects
}

// Whoever is killed at whatever moment of an apply, an update or a destroy:
// nothing is lost, nothing is doubled, and the next run ends what was begun.
func TestKillRoundsConverge(t *testing.T) {
	t.Parallel()
	rounds, objects := soak(t)
	seed := uint64(14) // another one kills at other moments
	if given := os.Getenv("OTP_TEST_KILL_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	for name, world := range map[string]func(*testing.T) *providertest.World{"sqlite": providertest.NewWorld, "postgres": providertest.NewPostgresWorld} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, world(t), objects)
			random := rand.New(rand.NewPCG(seed, 7))
			for number := range rounds {
				task := []string{"create", "update", "destroy"}[number%3]
				whom := []string{"the provider", "Terraform"}[random.IntN(2)]
				after := 1 + random.IntN(objects-1)
				t.Logf("round %d: %s is killed after %d of %d objects of a %s", number+1, whom, after, objects, task)
				v.round(task, after, func() { v.kill(whom) })
				if t.Failed() {
					return
				}
			}
			t.Logf("%d rounds of the seed %d; %d runs were killed, %d objects were taken over", rounds, seed, v.killed, v.takenOver)
		})
	}
}

// round does a task of which something goes wrong, and then what a person would
// do about it.
func (v *victim) round(task string, after int, wrong func()) {
	v.T.Helper()
	before := v.history()
	switch task {
	case "create":
		v.Configure(v.config(0))
	case "update":
		v.Configure(v.config(1 + len(before)))
	}
	if task == "destroy" {
		v.run(after, wrong, "destroy", "-auto-approve", "-input=false")
	} else {
		v.run(after, wrong, "apply", "-auto-approve", "-input=false")
	}
	begun := v.history()
	v.keeps(before, begun)
	v.restore(task)

	orphans := v.orphans()
	if len(orphans) > 0 {
		v.refusedWithout(orphans)
		v.takesOver(orphans)
	}
	if task == "destroy" {
		if output, code := v.TF("destroy", "-auto-approve", "-input=false"); code != 0 {
			v.T.Fatalf("destroy: %s", output)
		}
	} else if len(orphans) == 0 {
		v.Apply()
	}
	v.keeps(begun, v.history())
	v.whole(task != "destroy")
}

// refusedWithout applies without the switch: every object that no state knows is
// named, and none is touched.
func (v *victim) refusedWithout(orphans []catalog.Ref) {
	v.T.Helper()
	was := v.objects()
	output := v.Fails("Object exists already", "apply", "-auto-approve", "-input=false")
	now := v.objects()
	for _, ref := range orphans {
		if named := capital(ref.String()) + " exists already, so the apply will be refused"; !strings.Contains(output, named) {
			v.T.Errorf("the %s is not named by: %s", ref, output)
		}
		if diff := cmp.Diff(was[ref], now[ref]); diff != "" {
			v.T.Errorf("the refused apply changed the %s:\n%s", ref, diff)
		}
	}
}

// takesOver applies with the switch, which names every takeover, and leaves
// nothing to do.
func (v *victim) takesOver(orphans []catalog.Ref) {
	v.T.Helper()
	settings := v.Env
	v.Env = append(slices.Clone(v.Env), "OTP_CATALOG_ADOPT=identical")
	output, code := v.TF("apply", "-auto-approve", "-input=false")
	if v.Env = settings; code != 0 {
		v.T.Fatalf("apply with the switch: %s", output)
	}
	for _, ref := range orphans {
		if n := strings.Count(output, ref.String()[1:]+" was taken over"); n != 1 {
			v.T.Errorf("the takeover of the %s is named %d times: %s", ref, n, output)
		}
	}
	v.takenOver += len(orphans)
	v.Settled()
}

// keeps fails the test unless an earlier history is the beginning of a later one.
func (v *victim) keeps(earlier, later []catalog.ExportedEvent) {
	v.T.Helper()
	if len(later) < len(earlier) {
		v.T.Fatalf("%d events of %d are lost", len(earlier)-len(later), len(earlier))
	}
	if diff := cmp.Diff(earlier, later[:len(earlier)]); diff != "" && len(earlier) > 0 {
		v.T.Errorf("the history changed:\n%s", diff)
	}
}

// whole fails the test unless the catalog holds all objects, or none, each once,
// its history leads to them without a gap, and `catalog check` finds no fault.
func (v *victim) whole(all bool) {
	v.T.Helper()
	objects, last := v.objects(), map[catalog.Ref]catalog.ExportedEvent{}
	if want := map[bool]int{true: v.size}[all]; len(objects) != want {
		v.T.Errorf("%d objects, want %d", len(objects), want)
	}
	for i, event := range v.history() {
		created := event.Action == catalog.ActionCreate
		if event.Sequence != int64(i+1) || event.OldRevision != last[event.Ref].NewRevision || created && event.OldRevision != 0 {
			v.T.Errorf("event %d, %s of the %s from revision %d, follows revision %d", event.Sequence, event.Action, event.Ref, event.OldRevision, last[event.Ref].NewRevision)
		}
		last[event.Ref] = event
	}
	for ref, event := range last {
		object, there := objects[ref]
		if there != (event.NewRevision != 0) || there && (object.Revision != event.NewRevision || object.Spec != event.Spec || object.Document != event.Document) {
			v.T.Errorf("the %s is not what was written last", ref)
		}
	}
	v.check()
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// config is a configuration of the objects, four to a group; the version changes
// each of them.
func (v *victim) config(version int) string {
	var text strings.Builder
	for i := range v.size {
		group := i / 4
		name := fmt.Sprintf("object-%d", group)
		label := fmt.Sprintf("o%d", group)
		switch i % 4 {
		case 0:
			fmt.Fprintf(&text, "resource \"otp_brand\" %q {\n  name = %q\n  display_name = \"Acme %d\"\n}\n", label, name, version)
		case 1:
			fmt.Fprintf(&text, "resource \"otp_message_template\" %q {\n  name = %q\n  text = \"{{brand}}: {{otp}} is code %d\"\n}\n", label, name, version)
		case 2:
			fmt.Fprintf(&text, "resource \"otp_sender_id\" %q {\n  name = %q\n  octopush = { sender = \"ACME%d\" }\n}\n", label, name, version)
		case 3:
			fmt.Fprintf(&text, `resource "otp_profile" %[1]q {
  name = %[2]q
  brand = otp_brand.%[1]s.name
  template = otp_message_template.%[1]s.name
  allowed_countries = ["FR"]
  limits = { per_phone_day = %[3]d }
  routes = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.%[1]s.name }]
}
`, label, name, 10+version)
		}
	}
	return text.String()
}
