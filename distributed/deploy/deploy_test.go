// Package deploy holds what brings a queue and its workers onto a cluster: a compose file, Kubernetes' manifests, a server's settings.
package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	k8syaml "sigs.k8s.io/yaml"
)

// The manifests have no field that Kubernetes' own types don't have, and none of another kind. By hand, with the schemas:
//
//	pip install kubernetes-validate && kubernetes-validate --strict distributed/deploy/kubernetes/{workers,job}.yaml
func TestManifestsAreKubernetes(t *testing.T) {
	var d appsv1.Deployment
	var j batchv1.Job
	for path, object := range map[string]any{"workers.yaml": &d, "job.yaml": &j} {
		text, err := os.ReadFile(filepath.Join("kubernetes", path))
		require.NoError(t, err)
		require.NoError(t, k8syaml.UnmarshalStrict(text, object), path)
		require.Error(t, k8syaml.UnmarshalStrict(append(text, "\nspecs: {}\n"...), object), "what isn't known is refused")
	}
	require.Equal(t, "apps/v1", d.APIVersion)
	require.Equal(t, d.Spec.Selector.MatchLabels, d.Spec.Template.Labels)
	for name, pod := range map[string]corev1.PodSpec{"workers.yaml": d.Spec.Template.Spec, "job.yaml": j.Spec.Template.Spec} {
		assert.True(t, *pod.SecurityContext.RunAsNonRoot, name)
		for _, c := range pod.Containers {
			assert.Contains(t, c.Args, "worker", name)
			assert.True(t, *c.SecurityContext.ReadOnlyRootFilesystem, name)
			assert.False(t, *c.SecurityContext.AllowPrivilegeEscalation, name)
			assert.NotNil(t, c.Env[0].ValueFrom.SecretKeyRef, "%s: the URL has a password in it", name)
		}
	}
}

// NATS' own server takes the settings, with passwords from the environment alone.
func TestNATSTakesTheSettings(t *testing.T) {
	for _, name := range []string{"UNSTUCK_PASSWORD", "ROUTE_PASSWORD", "SYS_PASSWORD"} {
		_, err := server.ProcessConfigFile("nats.conf")
		require.ErrorContains(t, err, "can not be found")
		t.Setenv(name, "secret-"+strings.ToLower(name))
	}
	o, err := server.ProcessConfigFile("nats.conf")
	require.NoError(t, err)
	require.True(t, o.JetStream)
	require.Equal(t, "unstuck", o.Cluster.Name)
	require.Len(t, o.Routes, 3)
	require.Len(t, o.Accounts, 2)
	require.Equal(t, "127.0.0.1", o.HTTPHost)
}

// Only this machine reaches what compose publishes, and no password stands in the file.
func TestCompose(t *testing.T) {
	text, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	var compose struct {
		Services map[string]struct {
			Ports       []string          `yaml:"ports"`
			Environment map[string]string `yaml:"environment"`
			Volumes     []string          `yaml:"volumes"`
			Command     []string          `yaml:"command"`
		} `yaml:"services"`
		Volumes map[string]any `yaml:"volumes"`
	}
	require.NoError(t, yaml.Unmarshal(text, &compose))
	require.Len(t, compose.Services, 4)
	for name, s := range compose.Services {
		for _, port := range s.Ports {
			assert.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s: %s is open to the network", name, port)
		}
		for variable, value := range s.Environment {
			assert.Contains(t, value, "${", "%s: %s", name, variable)
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			_, named := compose.Volumes[from]
			assert.True(t, named || from == "./nats.conf", "%s: %s", name, volume)
		}
	}
	require.True(t, slices.Contains(compose.Services["worker"].Command, "worker"))
}

// The image is built from the files that the module needs.
func TestTheImageGetsWhatItIsBuiltFrom(t *testing.T) {
	ignored, err := os.ReadFile("Dockerfile.dockerignore")
	require.NoError(t, err)
	for _, dir := range []string{"pkg", "internal", "distributed"} {
		require.Contains(t, string(ignored), "\n!/"+dir+"\n")
	}
}
