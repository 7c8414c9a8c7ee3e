package nn

import (
	"strings"
	"testing"
)

func TestActivationNames(t *testing.T) {
	for _, n := range namedActivations {
		a, err := ActivationByName(n.name)
		if err != nil || a != n.activation {
			t.Errorf("%q means %#v (%v), want %#v", n.name, a, err, n.activation)
		}
		back, err := ActivationByName(ActivationName(a))
		if err != nil || back != a {
			t.Errorf("%q leads to %#v and back to %#v", n.name, a, back)
		}
	}
	_, err := ActivationByName("reluu")
	if err == nil || !strings.Contains(err.Error(), `unknown activation "reluu": known are elu, exponential, gelu`) {
		t.Errorf("error %v must list the known ones", err)
	}
	for _, c := range []struct {
		activation Activation
		want       string
	}{
		{nil, "linear"},
		{ELU{Alpha: 1}, "elu"},
		{ELU{Alpha: 0.5}, ""},
		{LeakyReLU{}, ""},
		{LeakyReLU{NegativeSlope: 0.2}, "leaky_relu"},
		{GELU{Approximate: true}, ""},
		{Swish{}, "silu"},
	} {
		if got := ActivationName(c.activation); got != c.want {
			t.Errorf("%#v is called %q, want %q", c.activation, got, c.want)
		}
	}
}

func TestInitializerNames(t *testing.T) {
	for _, n := range namedInitializers {
		init, err := InitializerByName(n.name)
		if err != nil || init != n.initializer {
			t.Errorf("%q means %#v (%v), want %#v", n.name, init, err, n.initializer)
		}
		back, err := InitializerByName(InitializerName(init))
		if err != nil || back != init {
			t.Errorf("%q leads to %#v and back to %#v", n.name, init, back)
		}
	}
	if _, err := InitializerByName("glorot"); err == nil || !strings.Contains(err.Error(), "known are constant, glorot_normal") {
		t.Errorf("error %v must list the known ones", err)
	}
	if got := InitializerName(Orthogonal{Gain: 2}); got != "" {
		t.Errorf("an initializer with settings is called %q", got)
	}
}
