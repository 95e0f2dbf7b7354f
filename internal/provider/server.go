package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/otp-as-code/terraform-provider-otp/internal/start"
)

// Serve is the plugin that Terraform starts; it returns when Terraform ends it.
// In debug mode it says how to attach Terraform to it.
func Serve(version string, debug bool) error {
	made, err := NewServer(New(version)())
	if err != nil {
		return err
	}
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	} else {
		// Terraform starts its plugins where it runs. What runs in debug mode was
		// started by somebody else, who knows where.
		if made, err = ReadsConfiguration(made); err != nil {
			return err
		}
		if err := quiet(); err != nil {
			return err
		}
	}
	return tf6server.Serve(Address, func() tfprotov6.ProviderServer { return made }, options...)
}

// protocol is all of it that the framework speaks.
type protocol interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server lets a cancelled action say so. Once StopProvider has returned, the
// plugin library drops what actions still send, the end of the action and its
// error included, and Terraform takes that for success: it goes on with the
// resource that has triggered the action, or exits with 0.
type server struct {
	protocol
	// beginning is locked for reading while an action begins, so that it is
	// either under way when the provider is stopped, or refused.
	beginning sync.RWMutex
	// underway are the actions that have begun and not ended.
	underway sync.WaitGroup
}

// NewServer serves a provider.
func NewServer(p provider.Provider) (tfprotov6.ProviderServer, error) {
	framework, err := providerserver.NewProtocol6WithError(p)()
	if err != nil {
		return nil, err
	}
	speaking, err := speaks(framework)
	if err != nil {
		return nil, err
	}
	return &server{protocol: speaking}, nil
}

func speaks(framework tfprotov6.ProviderServer) (protocol, error) {
	speaking, ok := framework.(protocol)
	if !ok {
		return nil, fmt.Errorf("the plugin framework serves no lists or no actions (%T); this is a bug of the provider, please report it", framework)
	}
	return speaking, nil
}

// ConfigureProvider is where the work begins: all that comes before it asks for
// schemas and checks.
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	start.Over()
	return s.protocol.ConfigureProvider(ctx, req)
}

// InvokeAction begins an action.
func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	if !s.beginning.TryRLock() {
		return nil, fmt.Errorf("the action %s was not invoked, because the provider is being stopped", req.ActionType)
	}
	defer s.beginning.RUnlock()
	stream, err := s.protocol.InvokeAction(ctx, req)
	if err != nil {
		return nil, err
	}
	s.underway.Add(1)
	events, end := stream.Events, sync.OnceFunc(s.underway.Done)
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		defer end()
		events(push)
	}}, nil
}

// StopProvider cancels whatever is under way, and returns when actions have
// ended.
func (s *server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.beginning.Lock()
	defer s.beginning.Unlock()
	response, err := s.protocol.StopProvider(ctx, req)
	s.underway.Wait()
	return response, err
}
