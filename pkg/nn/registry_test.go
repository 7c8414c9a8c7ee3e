package nn

import (
	"strings"
	"testing"
)

func TestActivationNames(t *testing.T) {
	if len(activations.Names()) < 29 {
		t.Errorf("only %d activations have a string", len(activations.Names()))
	}
	for _, name := range activations.Names() {
		a, err := ActivationByName(name)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ActivationByName(ActivationName(a))
		if err != nil || back != a {
			t.Errorf("%q leads to %#v and back to %#v", name, a, back)
		}
	}
	_, err := ActivationByName("reluu")
	if err == nil || !strings.Contains(err.Error(), `unknown activation "reluu": known are celu, elu, exponential, gelu`) {
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
		{HardSigmoid{}, "hard_sigmoid"},
		{HardSigmoid{Steep: true}, ""},
		{Swish{}, "silu"},
	} {
		if got := ActivationName(c.activation); got != c.want {
			t.Errorf("%#v is called %q, want %q", c.activation, got, c.want)
		}
	}
}

func TestInitializerNames(t *testing.T) {
	if len(initializers.Names()) < 17 {
		t.Errorf("only %d initializers have a string", len(initializers.Names()))
	}
	for _, name := range initializers.Names() {
		init, err := InitializerByName(name)
		if err != nil {
			t.Fatal(err)
		}
		back, err := InitializerByName(InitializerName(init))
		if err != nil || back != init {
			t.Errorf("%q leads to %#v and back to %#v", name, init, back)
		}
	}
	if _, err := InitializerByName("glorot"); err == nil || !strings.Contains(err.Error(), "known are glorot_normal") {
		t.Errorf("error %v must list the known ones", err)
	}
	if got := InitializerName(Orthogonal{Gain: 2}); got != "" {
		t.Errorf("an initializer with settings is called %q", got)
	}
}
