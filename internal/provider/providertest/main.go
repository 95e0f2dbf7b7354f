package providertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// name is how Terraform's development overrides want the plugin to be called.
const name = "terraform-provider-otp"

// folders are what a test run has made beside the folders of its tests.
var folders struct {
	sync.Mutex
	made []string
}

func folder() (string, error) {
	made, err := os.MkdirTemp("", name+"-test-")
	if err != nil {
		return "", err
	}
	folders.Lock()
	defer folders.Unlock()
	folders.made = append(folders.made, made)
	return made, nil
}

// Main runs the tests of a package, and removes what they have shared. It is
// the provider as well: whoever starts the test's program as a plugin gets one,
// so that no package has to build another program.
func Main(m *testing.M) {
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") != "" {
		if err := provider.Serve("test", false); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	isMain = true
	code := m.Run()
	ended := pgtest.Stop()
	for _, made := range folders.made {
		ended = errors.Join(ended, os.RemoveAll(made))
	}
	if ended != nil {
		fmt.Fprintln(os.Stderr, ended)
		code = 1
	}
	os.Exit(code)
}

// isMain says that Main runs the tests. Without it, a plugin that Terraform starts
// would run them once more.
var isMain bool

// linked is the folder in which the program of this test is called like the
// provider.
var linked = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	made, err := folder()
	if err != nil {
		return "", err
	}
	return made, os.Symlink(self, filepath.Join(made, name))
})

// plugin is the folder in which Terraform finds the provider.
func plugin(t *testing.T) string {
	t.Helper()
	if !isMain {
		t.Fatal("Terraform runs this test's program as the provider; write func TestMain(m *testing.M) { providertest.Main(m) }")
	}
	made, err := linked()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// built is the real program, made once for the package whose tests run it.
var built = sync.OnceValues(func() (string, error) {
	made, err := folder()
	if err != nil {
		return "", err
	}
	program := filepath.Join(made, name)
	if output, err := exec.CommandContext(context.Background(), "go", "build", "-o", program, Root).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return program, nil
})

// Program is the path of the program that people run, built from the source.
func Program(t *testing.T) string {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return program
}
