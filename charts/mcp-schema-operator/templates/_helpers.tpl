{{/* Names, labels and the image reference; nothing here renders an object of its own. */}}

{{- define "mcp-schema-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* "<release>-<chart>", or the release alone when it holds the chart's name. 63 is the longest label value and Service name. */}}
{{- define "mcp-schema-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A cluster-scoped name: two releases of the same name in two namespaces must not share a ClusterRole. The cut leaves
     room for the longest suffix in use, "-view", within 253, whatever the namespace. */}}
{{- define "mcp-schema-operator.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "mcp-schema-operator.fullname" .) -}}
{{- end -}}

{{/* What a Deployment and a Service select by. A Deployment's selector is immutable: never change these two. */}}
{{- define "mcp-schema-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mcp-schema-operator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "mcp-schema-operator.labels" -}}
{{ include "mcp-schema-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{- define "mcp-schema-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mcp-schema-operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Of the operator's class and not of the release: two releases of one class in one namespace must not both work. */}}
{{- define "mcp-schema-operator.leaseName" -}}
{{- if .Values.leaderElection.leaseName -}}
{{- .Values.leaderElection.leaseName -}}
{{- else if .Values.instance -}}
{{- printf "mcp-schema-operator-%s" .Values.instance -}}
{{- else -}}
mcp-schema-operator
{{- end -}}
{{- end -}}

{{/* Namespaces the operator gets a Role in, as JSON; one empty name means the whole cluster. */}}
{{- define "mcp-schema-operator.watched" -}}
{{- if kindIs "slice" .Values.namespaces -}}
{{- toJson .Values.namespaces -}}
{{- else -}}
{{- list (ternary .Release.Namespace "" (eq .Values.namespaces "own")) | toJson -}}
{{- end -}}
{{- end -}}

{{/* The digest wins: it names one image for ever, a tag can move. */}}
{{- define "mcp-schema-operator.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}
