package tf

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestOverlayOrder(t *testing.T) {
	t.Parallel()
	acme := catalog.Ref{Kind: catalog.Brand, Name: "acme"}
	one, reformatted, two := json.RawMessage(`{"a":1,"b":2}`), json.RawMessage(`{ "b": 2, "a": 1 }`), json.RawMessage(`{"a":2}`)
	for name, test := range map[string]struct {
		seen    entry
		planned entry
		early   bool
	}{
		"planned as it was seen":               {entry{spec: one}, entry{spec: reformatted}, false},
		"changed after it was seen":            {entry{spec: one}, entry{spec: two}, true},
		"not there when it was seen":           {entry{missing: true}, entry{spec: one}, true},
		"deleted after it was seen":            {entry{spec: one}, entry{gone: true}, true},
		"not known any more after it was seen": {entry{spec: one}, entry{spec: one, unknown: otp.Fields{"a": true}}, true},
		"as little known as when it was seen":  {entry{spec: two, unknown: otp.Fields{"a": true}}, entry{spec: two, unknown: otp.Fields{"a": true}}, false},
	} {
		o := newOverlay()
		o.see(acme, "login", test.seen)
		err := o.put(acme, test.planned)
		if (err != nil) != test.early {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), `Profile "login" was planned before this brand`) || !strings.Contains(err.Error(), "`brand = otp_brand.<label>.name`")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverlayNamesEveryProfile(t *testing.T) {
	t.Parallel()
	o, acme := newOverlay(), catalog.Ref{Kind: catalog.SenderID, Name: "acme"}
	o.see(acme, "b", entry{missing: true})
	o.see(acme, "a", entry{missing: true})
	if err := o.put(acme, entry{spec: json.RawMessage(`{}`)}); err == nil || !strings.Contains(err.Error(), `Profiles "a", "b" were`) {
		t.Error(err)
	}
}

func TestOverlayKeepsANameThatGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	o, acme := newOverlay(), catalog.Ref{Kind: catalog.Brand, Name: "acme"}
	for _, e := range []entry{{spec: json.RawMessage(`{}`)}, {gone: true}} {
		if err := o.put(acme, e); err != nil {
			t.Fatal(err)
		}
	}
	if e := o.see(acme, "login", entry{missing: true}); e.missing || e.gone {
		t.Error("a deletion hides the resource that takes the name over")
	}
}
