package whatsapp

import (
	"cmp"
	"context"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

const linkTried = "link the WhatsApp account"

// attempt is one link, of a resource or of an action.
type attempt struct {
	session *tf.Session
	request pairing.Request // but for Show, Tell and Expected
	qrFile  string          // shows the code; empty: none does
	show    func(pairing.Code) error
	tell    func(sentence string)
	words   words
}

// words are what diagnostics call things by, and the advice they give.
type words struct {
	sameFile string // title: two links show their code in one file
	several  func(*pairing.LinkedError) string
	gone     string
	again    string
}

// link links the account. What happened to its phone is known to the other
// links of this run, which must not take its account for a mistake.
func (a attempt) link(ctx context.Context) (pairing.Result, diag.Diagnostics) {
	linker, err := linker(a.session)
	if err != nil {
		return pairing.Result{}, diag.Diagnostics{tf.Failure(linkTried, err)}
	}
	if phone := a.request.Phone; phone != "" {
		release, free := a.session.Reservations.Take(phoneReservation(phone))
		if !free {
			return pairing.Result{}, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("phone"), "Phone is being linked already",
				"A resource and an action of this run, or two actions, link this phone at the same time. Let one follow the other: trigger the action before the resource is created, and give the resource adopt_existing = true.")}
		}
		defer release()
	}
	if a.qrFile != "" {
		release, free := a.session.Reservations.Take(fileReservation(a.qrFile))
		if !free {
			return pairing.Result{}, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("qr_file"), a.words.sameFile,
				"Something else of this run shows its QR code in the same file. Give each its own, such as \"qr-${each.key}.png\".")}
		}
		defer release()
	}
	file := pairing.File{Path: a.qrFile}
	if a.qrFile != "" {
		if err := file.CheckWritable(); err != nil {
			return pairing.Result{}, diag.Diagnostics{a.failed(err)}
		}
	}
	defer forget(a.session)
	a.request.Show = a.shows(file)
	a.request.Tell = func(sentence string) {
		tflog.Info(ctx, sentence)
		if a.tell != nil {
			a.tell(sentence)
		}
	}
	a.request.Expected = func(phone string) bool {
		return a.session.Reservations.Held(phoneReservation(phone)) || a.session.Reservations.Held(linkedReservation(phone))
	}
	result, err := linker.Link(ctx, a.request)
	var diags diag.Diagnostics
	if a.qrFile != "" {
		if unremoved := file.Remove(); unremoved != nil {
			diags.AddAttributeWarning(path.Root("qr_file"), "QR code was not removed", unremoved.Error())
		}
	}
	if err != nil {
		return result, append(diags, a.failed(err))
	}
	a.session.Reservations.Take(linkedReservation(cmp.Or(string(result.Account.Phone), a.request.Phone))) // for good; it may be held already
	return result, diags
}

// shows is how the code is shown; nil: to nobody.
func (a attempt) shows(file pairing.File) func(pairing.Code) error {
	switch {
	case file.Path == "":
		return a.show
	case a.show == nil:
		return file.Show
	}
	return func(code pairing.Code) error {
		if err := file.Show(code); err != nil {
			return err
		}
		return a.show(code)
	}
}

// client is the vendor's, or says what is missing to call it.
func client(session *tf.Session) (*androidapi.Client, error) {
	if err := session.Ready(otp.AndroidAPI); err != nil {
		return nil, err
	}
	return session.Vendors.AndroidAPI()
}

// forget lets the next who asks for the accounts see what was changed.
func forget(session *tf.Session) {
	if client, err := client(session); err == nil {
		client.ForgetAccounts()
	}
}

func linker(session *tf.Session) (*pairing.Linker, error) {
	client, err := client(session)
	if err != nil {
		return nil, err
	}
	return pairing.New(client, session.Clock), nil
}

// The reservations keep operations of one run apart that would get in each other's
// way.

// ownerReservation is held for good by the resource of a phone.
func ownerReservation(phone string) string { return "owner of " + pairing.E164(phone) }

// phoneReservation is held while a phone is linked.
func phoneReservation(phone string) string { return "link of " + pairing.E164(phone) }

// linkedReservation is held for good once a phone was linked.
func linkedReservation(phone string) string { return "account of " + pairing.E164(phone) }

func fileReservation(file string) string {
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	return "file " + file
}
