package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// remote is a backend for states, in memory. Terraform writes a state file anew
// after each object, which for 10,000 objects takes longer than all the rest; to
// a backend like this one it writes every 20 seconds.
func (w *world) remote() (config string, err error) {
	var mu sync.Mutex
	states := map[string][]byte{}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost {
			content, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(answer, err.Error(), http.StatusInternalServerError)
				return
			}
			states[r.URL.Path] = content
			return
		}
		if states[r.URL.Path] == nil {
			http.NotFound(answer, r)
			return
		}
		_, _ = answer.Write(states[r.URL.Path])
	})}
	go func() { _ = server.Serve(listener) }()
	w.cleaner.add(server.Close)
	w.made++
	return fmt.Sprintf("terraform {\n  backend \"http\" {\n    address = \"http://%s/state-%d\"\n  }\n}\n", listener.Addr(), w.made), nil
}
