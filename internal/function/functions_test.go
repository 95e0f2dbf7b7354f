package function_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

func call(expression string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    otp = { source = \"hashicorp/otp\" }\n  }\n}\noutput \"result\" {\n  value = provider::otp::%s\n}\n", expression)
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]knownvalue.Check{
		`sms_segments("Hello").segments`:                                      knownvalue.Int64Exact(1),
		`sms_segments("").segments`:                                           knownvalue.Int64Exact(1),
		`sms_segments(join("", [for i in range(161) : "x"]))`:                 segments("gsm7", 161, 2),
		`sms_segments("€{}")`:                                                 segments("gsm7", 6, 1),
		`sms_segments("Don’t")`:                                               segments("ucs2", 5, 1),
		`render("{{brand}}: {{otp}}", { brand = "Acme", otp = "{{brand}}" })`: knownvalue.StringExact("Acme: {{brand}}"),
		`render("plain", {})`:                                                 knownvalue.StringExact("plain"),
		`e164("06 39 98 00 01", "FR")`:                                        knownvalue.StringExact("+33639980001"),
		`e164("+33 (0)6 39-98-00-01", "")`:                                    knownvalue.StringExact("+33639980001"),
		`e164("+12029182132\n", "")`:                                          knownvalue.StringExact("+12029182132"),
		`e164("+1\u202f202\u202f918\u202f2132\u202c;", "")`:                   knownvalue.StringExact("+12029182132"),
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{
				TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.RequireAbove(tfversion.Version1_8_0)},
				ProtoV6ProviderFactories: providertest.Factories,
				Steps: []resource.TestStep{{
					Config:            call(expression),
					ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", want)},
				}},
			})
		})
	}
}

func segments(encoding string, characters, segments int64) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"encoding": knownvalue.StringExact(encoding), "characters": knownvalue.Int64Exact(characters), "segments": knownvalue.Int64Exact(segments),
	})
}

func TestFunctionsBlameTheirArguments(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`render("{{code}}", {})`:            `write[\s│]+\{\{otp\}\}`,
		`render("{{otp}}", {})`:             `values[\s│]+has[\s│]+no[\s│]+otp`,
		`render("{{otp}}", { code = "1" })`: `There[\s│]+is[\s│]+no[\s│]+placeholder`,
		`e164("hello", "FR")`:               `This[\s│]+is[\s│]+no[\s│]+phone[\s│]+number`,
		`e164("0639980001", "")`:            `default_country`,
		`e164("+33 1", "")`:                 `under[\s│]+\+33|no[\s│]+phone[\s│]+number`,
		`e164("06 39 98 00 01", "fr")`:      `upper[\s│]+case`,
		`e164("+999 1234567", "")`:          `no[\s│]+phone[\s│]+number`,
		`e164("1111", "GB")`:                `only[\s│]+be[\s│]+dialled[\s│]+locally`,
		`e164("253-0000", "US")`:            `only[\s│]+be[\s│]+dialled[\s│]+locally`,
		`e164("+917878787xyz", "")`:         `has[\s│]+letters`,
		`e164("+33 6 O9 98 00 01", "")`:     `the[\s│]+letter[\s│]+'O'`,
		`e164("424-417-2469x61914", "US")`:  `extension`,
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories,
				Steps:                    []resource.TestStep{{Config: call(expression), ExpectError: regexp.MustCompile(want)}},
			})
		})
	}
}
