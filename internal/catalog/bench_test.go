package catalog

import (
	"fmt"
	"testing"
)

// eachBackend measures on every database.
func eachBackend(b *testing.B, run func(b *testing.B, s *Store)) {
	b.Helper()
	for _, backend := range backends {
		b.Run(backend.name, func(b *testing.B) {
			s, err := Open(backend.new(b).url, WithActor("ann@laptop"))
			must(b, err)
			b.Cleanup(func() { must(b, s.Close()) })
			b.ReportAllocs()
			run(b, s)
		})
	}
}

func BenchmarkCreateBrand(b *testing.B) {
	eachBackend(b, func(b *testing.B, s *Store) {
		create(b, s, plain(acme, "one"))
		for i := 0; b.Loop(); i++ {
			_, err := s.Create(b.Context(), plain(Ref{Kind: Brand, Name: fmt.Sprintf("brand-%d", i)}, "x"))
			must(b, err)
		}
	})
}

func BenchmarkUpdateProfile(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			eachBackend(b, func(b *testing.B, s *Store) {
				fill(b, s, size/2)
				create(b, s, plain(signIn, "t"), profile(login, "0", signIn))
				for i := int64(1); b.Loop(); i++ {
					_, err := s.Update(b.Context(), profile(login, fmt.Sprint(i), signIn), i)
					must(b, err)
				}
			})
		})
	}
}

func BenchmarkReadOfAll(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			eachBackend(b, func(b *testing.B, s *Store) {
				fill(b, s, size/2)
				for b.Loop() {
					_, err := s.Snapshot(b.Context())
					must(b, err)
				}
			})
		})
	}
}

func BenchmarkReadOfWhatAProfileRefersTo(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			eachBackend(b, func(b *testing.B, s *Store) {
				fill(b, s, size/2)
				for i := 0; b.Loop(); i++ {
					n := fmt.Sprintf("%04d", i%(size/2))
					_, err := s.Part(b.Context(), Ref{Kind: Brand, Name: "brand-" + n}, Ref{Kind: Profile, Name: "profile-" + n})
					must(b, err)
				}
			})
		})
	}
}
