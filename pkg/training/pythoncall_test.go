package training

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPythonCalls(t *testing.T) {
	for _, c := range []struct{ text, name, module, want string }{
		{"x = F.relu(self.fc1(x))", "relu", "nn.LeakyReLU(negative_slope=0.2)", "x = F.leaky_relu(self.fc1(x), negative_slope=0.2)"},
		{"x = torch.sigmoid(self.fc1(x))", "sigmoid", "nn.ReLU()", "x = torch.relu(self.fc1(x))"},
		{"x = torch.relu(self.fc1(x))", "relu", "nn.LeakyReLU(negative_slope=0.2)", "x = torch.nn.functional.leaky_relu(self.fc1(x), negative_slope=0.2)"},
		{"return F.softmax(self.fc2(x), dim=1)", "softmax", "", "return self.fc2(x)"},
		{"return self.fc2(x).softmax(dim=1)", "softmax", "", "return self.fc2(x)"},
		{"return torch.sigmoid(self.b(torch.sigmoid(self.a(x))))", "sigmoid", "nn.ReLU()", "return torch.relu(self.b(torch.relu(self.a(x))))"},
		{"return 2 * torch.tanh(a + b)", "tanh", "", "return 2 * (a + b)"},
		{"y = self.relu(self.fc1(x))", "relu", "nn.Tanh()", "y = self.relu(self.fc1(x))"},
		{"h = sigmoid(x['a, b'])", "sigmoid", "nn.Tanh()", "h = torch.tanh(x['a, b'])"},
		{"h = F.leaky_relu(F.relu(x), 0.1)", "relu", "nn.Tanh()", "h = F.leaky_relu(F.tanh(x), 0.1)"},
		{"h = F.relu(x)", "relu", "nn.Hardtanh(0.0, 2.0)", "h = nn.Hardtanh(0.0, 2.0)(x)"},
	} {
		_, closed := pythonCalls(c.text, c.name)
		require.True(t, closed, c.text)
		require.Equal(t, c.want, replacedCalls(c.text, c.name, func(call pythonCall) string {
			if c.module == "" {
				return call.value()
			}
			return asFunction(c.module, call.value(), call)
		}))
	}
	_, closed := pythonCalls("x = F.relu(", "relu")
	require.False(t, closed, "the call goes on in the next line")
}

func TestModulePath(t *testing.T) {
	require.Equal(t, "model.layers[0].fc.weight", modulePath("model", "layers.0.fc.weight"))
	require.Equal(t, "net", modulePath("net", ""))
}
