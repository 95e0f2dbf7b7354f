package provider_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

const (
	canaryPhone    = "+33612009877"
	canaryPassword = `canary/pass"word+7f3a`
	canaryRole     = "otp_canary"
)

// cage is where canaries sing: a workspace with every log on, its catalog behind a
// password, vendors, and what was said and left behind meanwhile.
type cage struct {
	*providertest.Workspace
	vendors *sandbox.Server
	program string
	found   map[string][]byte
}

// TestCanariesSingNowhere plans, applies, sends, verifies, extends and reads
// everything there is to read, and looks for every credential, password, code,
// phone number and message body in whatever that leaves behind.
func TestCanariesSingNowhere(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	watched := c.watch(t)
	c.found["output of the first apply"] = []byte(c.Configure(canaryConfig).Apply())
	for _, profile := range []string{"octopush", "myotp", "androidapi"} {
		c.command("send "+profile, "send", profile, canaryPhone)
		code := c.last().Code
		c.command("wrong code of "+profile, "verify", profile, canaryPhone, strings.Repeat("7", len(code)))
		if profile == "myotp" {
			c.command("extend", "extend", profile, canaryPhone, "60")
			c.command("status", "status", profile, canaryPhone)
		}
		c.command("code of "+profile, "verify", profile, canaryPhone, code)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	c.found["output of the second apply"] = []byte(c.Configure(canaryConfig + fmt.Sprintf(canaryReads, today, today, c.last().MessageID)).Apply())
	c.Plans()
	plan, _ := c.TF("show", "-json", "saved.plan")
	c.found["plan as JSON"] = []byte(plan)
	state, _ := c.TF("show", "-json")
	c.found["state as JSON"] = []byte(state)
	c.command("export", "catalog", "export")
	c.command("check", "catalog", "check")
	c.command("doctor", "doctor")

	// Errors quote what they were made of: refused connections and wrong passwords.
	for name, value := range c.vendors.Environment() {
		if strings.HasSuffix(name, "_BASE_URL") {
			c.Env = append(c.Env, name+"=http://127.0.0.1:1"+value[strings.LastIndex(value, "/"):])
		}
	}
	c.found["errors of vendors"] = []byte(c.Fails("could not", "plan", "-input=false"))
	c.command("refused send", "send", "octopush", canaryPhone)
	c.Env = append(c.Env, "OTP_CATALOG_URL="+strings.Replace(c.URL, canaryRole+":", "nobody:", 1))
	c.found["errors of the database"] = []byte(c.Fails("catalog", "plan", "-input=false"))
	c.found["arguments of processes"] = watched()
	c.collect()
	c.search()
}

func newCage(t *testing.T) *cage {
	t.Helper()
	server := pgtest.Shared(t)
	database := server.Database(t)
	server.Run(t, pgtest.Administrator, "postgres",
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", canaryRole, canaryPassword), fmt.Sprintf("ALTER DATABASE %s OWNER TO %s", database, canaryRole))
	address := url.URL{Scheme: "postgres", User: url.UserPassword(canaryRole, canaryPassword), Host: fmt.Sprintf("127.0.0.1:%d", server.Port), Path: "/" + database}
	c := &cage{
		Workspace: providertest.NewWorkspace(t), program: providertest.Program(t), found: map[string][]byte{},
		vendors: sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{PendingSeconds: -1}}}),
	}
	c.World = providertest.WorldAt(t, address.String())
	c.Env = append(c.Env, "OTP_CATALOG_URL="+c.URL, "TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH="+filepath.Join(c.Folder, "trace.log"),
		"OTP_DELIVERIES_FILE="+filepath.Join(c.Folder, "deliveries.db"))
	for name, value := range c.vendors.Environment() {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// last is the message that was sent last.
func (c *cage) last() sandbox.Message {
	c.T.Helper()
	messages := c.vendors.Messages()
	if len(messages) == 0 {
		c.T.Fatal("nothing was sent")
	}
	return messages[len(messages)-1]
}

// command runs one of the program's own commands, and keeps what it says.
func (c *cage) command(name string, arguments ...string) {
	c.T.Helper()
	command := exec.CommandContext(c.T.Context(), c.program, arguments...)
	command.Dir, command.Env = c.Folder, c.Env
	output, err := command.CombinedOutput()
	if len(output) == 0 {
		c.T.Errorf("%s says nothing (%v)", name, err)
	}
	c.found["output of "+name] = output
}

// watch notes the arguments of all processes until it is told to stop. Phone
// numbers and codes are what somebody typed who runs a command; they are left out.
func (c *cage) watch(t *testing.T) (stop func() []byte) {
	t.Helper()
	seen, done := map[string]bool{}, make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			files, err := filepath.Glob("/proc/[0-9]*/cmdline")
			if err != nil {
				t.Error(err)
				return
			}
			for _, file := range files {
				if raw, err := os.ReadFile(file); err == nil && !bytes.Contains(raw, []byte(canaryPhone)) { // it may have ended
					seen[string(raw)] = true
				}
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() []byte {
		close(done)
		wait.Wait()
		return []byte(strings.Join(slices.Collect(maps.Keys(seen)), "\n"))
	}
}

// collect reads what the runs have left in the folder, and the saved plan, which is
// a compressed archive, file by file.
func (c *cage) collect() {
	c.T.Helper()
	for _, name := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup", "deliveries.db", "saved.plan"} {
		raw, err := os.ReadFile(filepath.Join(c.Folder, name))
		if err != nil {
			c.T.Fatal(err)
		}
		c.found[name] = raw
	}
	archive, err := zip.NewReader(bytes.NewReader(c.found["saved.plan"]), int64(len(c.found["saved.plan"])))
	if err != nil {
		c.T.Fatal(err)
	}
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			c.T.Fatal(err)
		}
		if c.found["saved.plan/"+file.Name], err = io.ReadAll(content); err != nil {
			c.T.Fatal(err)
		}
	}
}

// search looks for the canaries in all of it.
func (c *cage) search() {
	c.T.Helper()
	if log := c.found["trace.log"]; !bytes.Contains(log, []byte("Vendor request")) || !bytes.Contains(log, []byte("tf_rpc=ReadDataSource")) && !bytes.Contains(log, []byte("tf_rpc\":\"ReadDataSource")) {
		c.T.Error("the log holds nothing of the provider, so that it proves nothing")
	}
	canaries := map[string]string{"the database password": canaryPassword, "the phone number": canaryPhone[1:], "the phone number at home": "0" + canaryPhone[3:]}
	for name, value := range c.vendors.Environment() {
		if !strings.HasSuffix(name, "_BASE_URL") {
			canaries[name] = value
		}
	}
	for i, message := range c.vendors.Messages() {
		canaries[fmt.Sprintf("message %d", i)] = message.Text
		if len(message.Code) > 6 { // six digits are in every log by chance
			canaries[fmt.Sprintf("code %d", i)] = message.Code
		}
	}
	size := 0
	for place, content := range c.found {
		size += len(content)
		for name, canary := range canaries {
			for _, form := range forms(canary) {
				if at := bytes.Index(content, []byte(form)); at >= 0 {
					c.T.Errorf("%s is in %s as %q: …%s…", name, place, form, content[max(0, at-200):min(len(content), at+len(form)+50)])
					break
				}
			}
		}
	}
	if len(canaries) < 12 || size < 1<<20 {
		c.T.Errorf("%d canaries in %d bytes prove little", len(canaries), size)
	}
	c.T.Logf("%d canaries were looked for in %.1f MB, %d places", len(canaries), float64(size)/1e6, len(c.found))
}

// forms are a text as it is, in JSON, in URLs and in base64, wherever in three
// bytes it begins.
func forms(text string) []string {
	quoted, _ := json.Marshal(text) // a string
	all := []string{text, strings.Trim(string(quoted), `"`), url.QueryEscape(text), url.PathEscape(text)}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + text + "xxx"))
		all = append(all, encoded[(before*8+5)/6:len(encoded)-6])
	}
	return slices.Compact(all)
}

const canaryConfig = `
provider "otp" {
  http = { max_retries = 0 }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name  = "login"
  text  = "{{brand}}: {{otp}} is your code."
  myotp = { template_order = 1 }
}

resource "otp_sender_id" "all" {
  name       = "all"
  octopush   = { sender = "ACMEBANK" }
  androidapi = { gateway = "3" }
}

resource "otp_profile" "all" {
  for_each = {
    octopush   = { length = 12, digits = true, upper_case = true }
    myotp      = { length = 8, digits = true }
    androidapi = { length = 6, digits = true }
  }
  name              = each.key
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  code              = each.value
  allowed_countries = ["FR"]
  routes            = [{ vendor = each.key, channel = "sms", sender_id = each.key == "myotp" ? null : otp_sender_id.all.name }]
}
`

const canaryReads = `
data "otp_transactions" "all" {
  start_date = %q
  end_date   = %q
}

data "otp_message_status" "last" {
  vendor     = "androidapi"
  message_id = %q
}

data "otp_accounts" "all" {}
data "otp_balances" "all" {}
data "otp_devices" "all" {}
data "otp_rates" "all" {}
data "otp_whatsapp_accounts" "all" {}
data "otp_whatsapp_servers" "all" {}
`
