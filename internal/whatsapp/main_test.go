package whatsapp_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

func TestMain(m *testing.M) { providertest.Main(m) }
