package providertest

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// AccountIdentity is the type of a WhatsApp account's identity.
func (w *Walk) AccountIdentity() tftypes.Type {
	w.T.Helper()
	identities, err := w.GetResourceIdentitySchemas(w.T.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		w.T.Fatal(err)
	}
	return identities.IdentitySchemas[AccountType].ValueType()
}

// Imports imports by ID, or by identity, reads, and keeps the state.
func (l *Linking) Imports(id string, byIdentity bool) *Outcome {
	l.t.Helper()
	o, w := &Outcome{T: l.t}, l.Walk()
	request := &tfprotov6.ImportResourceStateRequest{TypeName: AccountType, ID: id}
	if byIdentity {
		request = &tfprotov6.ImportResourceStateRequest{TypeName: AccountType, Identity: &tfprotov6.ResourceIdentityData{
			IdentityData: w.Dynamic(w.Object(w.AccountIdentity(), map[string]any{"id": id})),
		}}
	}
	imported, err := w.ImportResourceState(l.t.Context(), request)
	if err != nil {
		l.t.Fatal(err)
	}
	if o.Note(imported.Diagnostics); o.Errors != "" {
		return o
	}
	first := imported.ImportedResources[0]
	l.State = w.keep(first.State, first.Private, first.Identity)
	l.Refresh(w, o)
	return o
}

// FineAndLinked fails the test unless the account of the support line is in the
// state, and, where that is wanted, without an error.
func (l *Linking) FineAndLinked(o *Outcome, want bool) {
	l.t.Helper()
	if want {
		o.Fine()
	}
	if got := l.Attributes(); got["id"] != l.Unique(SupportLine) || got["status"] != "connected" {
		l.t.Errorf("the state is %v", got)
	}
}

// Create creates a resource in a walk of several, and returns what is said.
func (l *Linking) Create(w *Walk, config map[string]any) string {
	l.t.Helper()
	none, value := w.Dynamic(w.Object(w.AccountType(), nil)), w.Dynamic(w.Object(w.AccountType(), config))
	planned, err := w.PlanResourceChange(l.t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: AccountType, PriorState: none, ProposedNewState: value, Config: value})
	if err != nil {
		l.t.Error(err)
		return ""
	}
	applied, err := w.ApplyResourceChange(l.t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: AccountType, PriorState: none, PlannedState: planned.PlannedState, Config: value})
	if err != nil {
		l.t.Error(err)
		return ""
	}
	return strings.Join(Texts(applied.Diagnostics), " ")
}

// Says is what a phone reads in a file.
func Says(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return ""
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Error(err)
		return ""
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Error(err)
		return ""
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Errorf("%s holds no QR code: %v", file, err)
		return ""
	}
	return result.GetText()
}

// Accounts adds connected accounts with numbers of their own, and returns their
// handles.
func (l *Linking) Accounts(n int) []string {
	l.t.Helper()
	var handles []string
	l.Update(func(a *androidapi.Account) {
		a.WhatsApp = nil
		for i := range n {
			handles = append(handles, fmt.Sprintf("account%03d", i))
			a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: i + 1, Phone: fmt.Sprintf("+9230055%05d", i), Unique: handles[i], Status: "connected", Created: 1700000000})
		}
	})
	return handles
}
