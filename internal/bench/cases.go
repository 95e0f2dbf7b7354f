package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// benchCase is what a name of the command line stands for.
type benchCase struct {
	name    string
	objects int // 0: the case has none
	runs    int // at most; 0: as many as are asked for
	prepare func(w *world) ([]measured, error)
}

var cases = []benchCase{
	{"plan-sqlite", 1000, 0, func(w *world) ([]measured, error) { return w.plansOfBrands(w.sqlite(), 1.2) }},
	{"plan-postgres", 1000, 0, func(w *world) ([]measured, error) { return w.plansOfBrands(w.postgres(), 1.25) }},
	{"apply-sqlite", 1000, 3, func(w *world) ([]measured, error) { return w.appliesOfBrands(w.sqlite(), 1.2) }},
	{"apply-postgres", 1000, 3, func(w *world) ([]measured, error) { return w.appliesOfBrands(w.postgres(), 1.4) }},
	{"plan-profiles", 300, 0, (*world).plansOfProfiles},
	{"apply-profiles", 300, 3, (*world).appliesOfProfiles},
	{"large-sqlite", 100, 3, func(w *world) ([]measured, error) { return w.intoLarge(w.sqlite()) }},
	{"large-postgres", 100, 3, func(w *world) ([]measured, error) { return w.intoLarge(w.postgres()) }},
	{"whatsapp", 500, 0, (*world).refreshesOfAccounts},
	{"transactions", 3000, 3, (*world).readsOfTransactions},
	{"start", 0, 0, (*world).starts},
	{"binary", 0, 0, (*world).binary},
	{"growth", 10_000, 1, (*world).growth},
}

func (w *world) plansOfBrands(at places, target float64) ([]measured, error) {
	floor, _, err := w.plans("floor", floorObjects(w.objects), w.sqlite().empty)
	if err != nil {
		return nil, err
	}
	ours, _, err := w.plans("otp", brands(w.objects), at.empty)
	return []measured{{"plan of brands and templates", "s", target, floor, ours}}, err
}

func (w *world) appliesOfBrands(at places, target float64) ([]measured, error) {
	if _, err := at.empty(); err != nil {
		return nil, err
	}
	return []measured{{
		"apply that creates brands and templates", "s", target,
		w.applies("floor", floorObjects(w.objects), w.sqlite().empty), w.applies("otp", brands(w.objects), at.empty),
	}}, nil
}

// document lets the floor plan a document as ours are: that of the first profile
// of a workspace.
func (s *workspace) document() (environment string, err error) {
	content, err := os.ReadFile(filepath.Join(s.folder, "terraform.tfstate"))
	if err != nil {
		return "", err
	}
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes struct {
					Document string
				}
			}
		}
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return "", err
	}
	for _, resource := range state.Resources {
		if resource.Type == "otp_profile" && len(resource.Instances) > 0 {
			path := filepath.Join(s.world.folder, "document.json")
			return "FLOOR_DOCUMENT=" + path, os.WriteFile(path, []byte(resource.Instances[0].Attributes.Document), 0o600)
		}
	}
	return "", errors.New("there is no profile in the state")
}

func (w *world) plansOfProfiles() ([]measured, error) {
	ours, s, err := w.plans("otp", profiles(w.objects), w.sqlite().empty)
	if err != nil {
		return nil, err
	}
	document, err := s.document()
	if err != nil {
		return nil, err
	}
	floor, _, err := w.plans("floor", floorProfiles(w.objects), w.sqlite().empty, document)
	return []measured{{"plan of profiles of five routes", "s", 1.3, floor, ours}}, err
}

func (w *world) appliesOfProfiles() ([]measured, error) {
	url, err := w.sqlite().empty()
	if err != nil {
		return nil, err
	}
	one, err := w.applied("otp", profiles(1), "OTP_CATALOG_URL="+url)
	if err != nil {
		return nil, err
	}
	document, err := one.document()
	return []measured{{
		"apply that creates profiles of five routes", "s", 1.5,
		w.applies("floor", floorProfiles(w.objects), w.sqlite().empty, document), w.applies("otp", profiles(w.objects), w.sqlite().empty),
	}}, err
}

// intoLarge compares a catalog of 10,000 objects with an empty one.
func (w *world) intoLarge(at places) ([]measured, error) {
	url, err := filled(at.empty, 10_000)
	if err != nil {
		return nil, err
	}
	empty, large := w.applies("otp", profiles(w.objects), at.empty), w.applies("otp", profiles(w.objects), at.copy(url))
	empty.name, large.name = "empty", "10,000"
	return []measured{{"apply of profiles into a catalog of 10,000 objects", "s", 1.1, empty, large}}, nil
}

// growth compares plans of few objects with plans of many, and the memory that
// these take.
func (w *world) growth() ([]measured, error) {
	const few = 100
	planned := map[string]map[int]*workspace{}
	for provider, config := range map[string]func(int) string{"floor": floorObjects, "otp": brands} {
		planned[provider] = map[int]*workspace{}
		for _, n := range []int{few, w.objects} {
			remote, err := w.remote()
			if err != nil {
				return nil, err
			}
			url, err := w.sqlite().empty()
			if err != nil {
				return nil, err
			}
			s, err := w.workspace(provider, config(n)+remote, "OTP_CATALOG_URL="+url)
			if err != nil {
				return nil, err
			}
			s.initialize()
			if _, err := s.apply(); err != nil {
				return nil, err
			}
			planned[provider][n] = s
		}
	}
	costs := func(provider string) subject {
		return subject{provider, func() (float64, error) {
			small, err := planned[provider][few].plan()
			if err != nil {
				return 0, err
			}
			large, err := planned[provider][w.objects].plan()
			return large / float64(w.objects) / (small / few), err
		}}
	}
	memory := func(provider string) subject {
		return subject{provider, func() (float64, error) {
			// The last plan of its costs, which are measured first.
			return planned[provider][w.objects].peak, nil
		}}
	}
	return []measured{
		{"cost of an object in a plan, in proportion to one of 100", "", 1, costs("floor"), costs("otp")},
		{"peak of the provider's memory in a plan", "MB", 1.2, memory("floor"), memory("otp")},
	}, nil
}
