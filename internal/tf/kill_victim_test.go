//go:build linux

package tf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/cli"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// victim is a workspace whose runs are killed.
type victim struct {
	*providertest.Workspace
	size      int
	process   *exec.Cmd
	unsaved   bool // whoever keeps the state has not got what the last run did
	killed    int
	takenOver int
}

func newVictim(t *testing.T, world *providertest.World, size int) *victim {
	t.Helper()
	v := &victim{Workspace: providertest.NewWorkspace(t), size: size}
	v.World = world
	// Collecting less garbage is a tenth of the time, and changes nothing else.
	v.Env = append(v.Env, "OTP_CATALOG_URL="+v.URL, "GOGC=800")
	return v
}

// run starts Terraform, lets something go wrong as soon as so many objects have
// changed, and waits until it has ended.
func (v *victim) run(after int, wrong func(), arguments ...string) {
	v.T.Helper()
	was := v.revisions()
	var output bytes.Buffer
	v.process = exec.CommandContext(v.T.Context(), v.CLI, append(arguments, "-no-color")...)
	v.process.Dir, v.process.Env, v.process.Stdout, v.process.Stderr = v.Folder, v.Env, &output, &output
	v.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := v.process.Start(); err != nil {
		v.T.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- v.process.Wait() }()
	for {
		select {
		case err := <-ended:
			// What a killed Terraform has started is killed with it.
			_ = syscall.Kill(-v.process.Process.Pid, syscall.SIGKILL)
			if v.process.ProcessState.ExitCode() > 0 && after > 0 {
				v.T.Fatalf("the run failed by itself (%v): %s", err, providertest.Fold(output.String()))
			}
			return
		case <-time.After(5 * time.Millisecond):
			if after > 0 && changed(was, v.revisions()) >= after {
				after = 0
				wrong()
			}
		}
	}
}

// kill ends Terraform, or the provider that it has started, as kill -9 does.
func (v *victim) kill(whom string) {
	v.T.Helper()
	ids := []int{v.process.Process.Pid}
	// A state that is kept elsewhere is saved every twenty seconds only.
	if v.unsaved = whom == "Terraform"; !v.unsaved {
		ids = children(v.T, ids[0])
	}
	for _, id := range ids {
		if syscall.Kill(id, syscall.SIGKILL) == nil { // it may have ended by itself
			v.killed++
		}
	}
}

// children are the plugins that a Terraform runs.
func children(t *testing.T, parent int) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything; after it come state and parent.
		fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
		if id, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil && fields[1] == strconv.Itoa(parent) {
			found = append(found, id)
		}
	}
	return found
}

// revisions are those of the objects that are not retired. They are asked for
// every few milliseconds, which an export with its history would slow down.
func (v *victim) revisions() map[catalog.Ref]int64 {
	v.T.Helper()
	snapshot, err := v.Store.Snapshot(v.T.Context())
	if err != nil {
		v.T.Fatal(err)
	}
	live := map[catalog.Ref]int64{}
	for _, object := range snapshot.Objects {
		if object.RetiredAt == nil {
			live[object.Ref()] = object.Revision
		}
	}
	return live
}

// changed counts the objects that are others than they were; a change is a new
// revision, also of an object that comes back.
func changed(was, now map[catalog.Ref]int64) int {
	count := 0
	for ref, revision := range now {
		if was[ref] != revision {
			count++
		}
	}
	for ref := range was {
		if _, there := now[ref]; !there {
			count++
		}
	}
	return count
}

// export is the whole catalog; before its first write there is none.
func (v *victim) export() *catalog.Export {
	v.T.Helper()
	export, err := v.Store.Export(v.T.Context())
	var none *catalog.NoCatalogError
	switch {
	case errors.As(err, &none):
		return &catalog.Export{}
	case err != nil:
		v.T.Fatal(err)
	}
	return export
}

func (v *victim) history() []catalog.ExportedEvent { return v.export().History }

// objects are those that are not retired.
func (v *victim) objects() map[catalog.Ref]catalog.ExportedObject {
	live := map[catalog.Ref]catalog.ExportedObject{}
	for _, object := range v.export().Objects {
		if object.RetiredAt == nil {
			live[object.Ref] = object
		}
	}
	return live
}

// state reads Terraform's state file: the objects by type and name. None is no
// object.
func (v *victim) state() (map[string]bool, error) {
	raw, err := os.ReadFile(filepath.Join(v.Folder, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct{ Attributes struct{ Name string } }
		}
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			known[resource.Type+" "+instance.Attributes.Name] = true
		}
	}
	return known, nil
}

// restore leaves the state that a person finds after the run: the one before the
// first apply where that was not saved, and the copy that Terraform keeps where it
// was killed while it wrote.
func (v *victim) restore(task string) {
	v.T.Helper()
	file := filepath.Join(v.Folder, "terraform.tfstate")
	if v.unsaved && task == "create" {
		if err := errors.Join(os.RemoveAll(file), os.RemoveAll(file+".backup")); err != nil {
			v.T.Fatal(err)
		}
	}
	v.unsaved = false
	if _, err := v.state(); err == nil {
		return
	}
	v.T.Log("the state was half-written")
	err := os.Rename(file+".backup", file)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.Remove(file)
	}
	if err != nil {
		v.T.Fatal(err)
	}
}

// orphans are the objects of the catalog that the state does not know.
func (v *victim) orphans() []catalog.Ref {
	v.T.Helper()
	known, err := v.state()
	if err != nil {
		v.T.Fatal(err)
	}
	var orphans []catalog.Ref
	for ref := range v.objects() {
		if !known[ref.Kind.ResourceType()+" "+ref.Name] {
			orphans = append(orphans, ref)
		}
	}
	slices.SortFunc(orphans, func(a, b catalog.Ref) int { return strings.Compare(a.String(), b.String()) })
	return orphans
}

// check is the command `catalog check`.
func (v *victim) check() {
	v.T.Helper()
	if err := cli.Run(v.T.Context(), "test", []string{"catalog", "check", "--url", v.URL}); err != nil {
		v.T.Errorf("catalog check: %v", err)
	}
}
