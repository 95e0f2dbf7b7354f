package whatsapp

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// failed is the diagnostic for a link that came to nothing.
func (a attempt) failed(err error) diag.Diagnostic {
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
		return diag.NewAttributeErrorDiagnostic(path.Root("phone"), "Phone is linked already", err.Error()+a.words.several(linked))
	case errors.As(err, &server):
		return diag.NewAttributeErrorDiagnostic(path.Root("server_id"), "WhatsApp server does not exist", err.Error())
	case errors.As(err, &file):
		return diag.NewAttributeErrorDiagnostic(path.Root("qr_file"), "QR code could not be shown", err.Error()+" Nothing was linked.")
	case errors.As(err, &gone):
		return diag.NewErrorDiagnostic("WhatsApp account was deleted", err.Error()+a.words.gone)
	case errors.As(err, &timeout):
		text := err.Error()
		if a.qrFile == "" && a.show == nil {
			text += " No qr_file is given, so Terraform showed the QR code to nobody."
		}
		return diag.NewErrorDiagnostic("WhatsApp account was not linked in time", text+" Nothing was linked.")
	case errors.As(err, &cancelled):
		return diag.NewErrorDiagnostic("WhatsApp account was not linked", err.Error()+" Nothing was linked. "+a.words.again+" for another QR code.")
	}
	return tf.Failure(linkTried, err)
}

// importBlock ends a sentence with the block that takes an account over.
func importBlock(id string) string {
	return fmt.Sprintf("\n\nimport {\n  to = %s.<label>\n  id = %q\n}", accountType, id)
}
