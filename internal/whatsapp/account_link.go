package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// client is the vendor's, or says what is missing to call it.
func (a *Account) client() (*androidapi.Client, error) {
	if err := a.session.Ready(otp.AndroidAPI); err != nil {
		return nil, err
	}
	return a.session.Vendors.AndroidAPI()
}

func (a *Account) linker() (*pairing.Linker, error) {
	client, err := a.client()
	if err != nil {
		return nil, err
	}
	return pairing.New(client, a.session.Clock), nil
}

// link links an account and shows the code in the file of the configuration.
func (a *Account) link(ctx context.Context, m resourceModel, request pairing.Request) (pairing.Result, diag.Diagnostics) {
	var diags diag.Diagnostics
	linker, err := a.linker()
	if err != nil {
		return pairing.Result{}, diag.Diagnostics{tf.Failure("link the WhatsApp account", err)}
	}
	file := pairing.File{Path: m.QRFile.ValueString()}
	phone, diags := a.claim(phoneClaim(request.Phone), path.Root("phone"), "Two resources have the same phone",
		"Another "+accountType+" of this run links this phone, or has linked it. A phone has one account: remove one of the resources.")
	if diags.HasError() {
		return pairing.Result{}, diags
	}
	if file.Path != "" {
		release, diags := a.claim(fileClaim(file.Path), path.Root("qr_file"), "Two resources have the same qr_file",
			"Another "+accountType+" of this run shows its QR code in the same file. Give each its own, such as \"qr-${each.key}.png\".")
		if diags.HasError() {
			phone()
			return pairing.Result{}, diags
		}
		defer release()
	}
	defer a.session.Vendors.ForgetWhatsAppAccounts()

	if file.Path != "" {
		request.Show = file.Show
	}
	request.Tell = func(sentence string) { tflog.Info(ctx, sentence) }
	request.Expected = func(phone string) bool { return a.session.Claims.Held(phoneClaim(phone)) }
	result, err := linker.Link(ctx, request)
	if file.Path != "" {
		if unremoved := file.Remove(); unremoved != nil {
			diags.AddAttributeWarning(path.Root("qr_file"), "QR code was not removed", unremoved.Error())
		}
	}
	if err != nil {
		// A phone that is linked stays claimed: whoever waits for another one
		// must not take its account for a mistake.
		phone()
		diags.Append(failed(err, file.Path != ""))
	}
	return result, diags
}

func phoneClaim(phone string) string { return "phone " + tf.Phone(phone, true) }

func fileClaim(file string) string {
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	return "file " + file
}

// claim keeps resources of one run apart that would get in each other's way.
func (a *Account) claim(name string, at path.Path, title, text string) (func(), diag.Diagnostics) {
	release, free := a.session.Claims.Take(name)
	if !free {
		return nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, title, text)}
	}
	return release, nil
}

// failed is the diagnostic for a link that came to nothing.
func failed(err error, shown bool) diag.Diagnostic {
	var linked *pairing.LinkedError
	var other *pairing.OtherPhoneError
	var gone *pairing.GoneError
	var server *pairing.ServerError
	var file *pairing.FileError
	var timeout *pairing.TimeoutError
	var cancelled *pairing.CancelledError
	switch {
	case errors.As(err, &other):
		return diag.NewAttributeErrorDiagnostic(path.Root("phone"), "Another phone was linked", err.Error())
	case errors.As(err, &linked):
		advice := " Take it over with an import block and plan again, or set adopt_existing = true:"
		if len(linked.Accounts) > 1 {
			advice = " Take over the one that you mean with an import block and plan again:"
		}
		return diag.NewAttributeErrorDiagnostic(path.Root("phone"), "Phone is linked already", err.Error()+advice+importBlock(string(linked.Accounts[0].Unique)))
	case errors.As(err, &server):
		return diag.NewAttributeErrorDiagnostic(path.Root("server_id"), "WhatsApp server does not exist", err.Error())
	case errors.As(err, &file):
		return diag.NewAttributeErrorDiagnostic(path.Root("qr_file"), "QR code could not be shown", err.Error()+" Nothing was linked.")
	case errors.As(err, &gone):
		return diag.NewErrorDiagnostic("WhatsApp account was deleted", err.Error()+" Plan again: Terraform then links the phone anew.")
	case errors.As(err, &timeout):
		text := err.Error()
		if !shown {
			text += " No qr_file is given, so Terraform showed the QR code to nobody."
		}
		return diag.NewErrorDiagnostic("WhatsApp account was not linked in time", text+" Nothing was linked.")
	case errors.As(err, &cancelled):
		return diag.NewErrorDiagnostic("WhatsApp account was not linked", err.Error()+" Nothing was linked; apply again for another QR code.")
	}
	return tf.Failure("link the WhatsApp account", err)
}

// importBlock ends a sentence with the block that takes an account over.
func importBlock(id string) string {
	return fmt.Sprintf("\n\nimport {\n  to = %s.<label>\n  id = %q\n}", accountType, id)
}
