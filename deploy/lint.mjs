// The part of deploy/lint that needs to read YAML. Prints every fault it finds, one a line, and exits 1 when there is one.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse, parseAllDocuments } from 'yaml';

const root = process.argv[2];
const tools = dirname(fileURLToPath(import.meta.url));
const faults = [];
const read = file => readFileSync(join(root, file), 'utf8');
const must = (holds, where, what) => holds || faults.push(`${where}: ${what}`);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The names of the settings, from the source: Listen, Data and so on. */
const settings = [...read('src/LegPain.Server/ServerSettings.cs').matchAll(/^ {4}public \S+ (\w+) { get; set; }/gm)]
  .map(match => match[1]);

/** A misspelled variable is one that nobody reads. */
function checkVariables(where, names) {
  for (const name of names.filter(name => name.startsWith('LEGPAIN_'))) {
    const setting = name.slice('LEGPAIN_'.length).replace(/__\d+$/, '');
    must(settings.some(known => known.toUpperCase() === setting), where, `${name} sets nothing`);
  }
}

function checkImage(where, image) {
  must(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image ?? ''), where, `image ${image} is not of one version`);
}

function checkReadme() {
  const rows = read('deploy/README.md').split('\n').filter(line => line.startsWith('|'));
  must(settings.length > 20, 'src/LegPain.Server/ServerSettings.cs', 'its settings are not where they were');
  for (const setting of settings) {
    const row = new RegExp(`\`LEGPAIN_${setting.toUpperCase()}(__0)?\``);
    must(rows.some(line => row.test(line)), 'deploy/README.md', `LEGPAIN_${setting.toUpperCase()} has no row`);
  }

  checkVariables('deploy/README.md', read('deploy/README.md').match(/\bLEGPAIN_[A-Z]+\b(?!`? is the)/g)
    .filter(name => !['LEGPAIN_CLUSTER', 'LEGPAIN_NODES'].includes(name)));
}

function checkDockerfile() {
  const where = 'deploy/Dockerfile';
  for (const problem of validate(read(where))) {
    faults.push(`${where}:${problem.range.start.line + 1}: ${problem.message}`);
  }

  const dockerfile = DockerfileParser.parse(read(where));
  const last = dockerfile.getInstructions().filter(instruction => instruction.getKeyword() === 'USER').at(-1);
  must(/^\d+:\d+$/.test(last?.getArgumentsContent() ?? ''), where, 'runs as no user that a number names');
  const copied = dockerfile.getCOPYs().filter(copy => copy.getFlags().length === 0)
    .flatMap(copy => copy.getArguments().slice(0, -1).map(argument => argument.getValue()));
  const allowed = read('.dockerignore').split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1));
  for (const file of copied) {
    must(existsSync(join(root, file)), where, `copies ${file}, which is not there`);
    must(allowed.some(path => path === file || file.startsWith(`${path}/`) || path.startsWith(`${file}/`)),
      '.dockerignore', `leaves out ${file}, which the Dockerfile copies`);
  }

  const projects = projectsOf('src/LegPain.Server/LegPain.Server.csproj');
  for (const project of projects) {
    must(copied.includes(project), where, `restores without ${project}`);
    must(allowed.includes(dirname(project)), '.dockerignore', `leaves out ${dirname(project)}`);
  }

  for (const path of allowed.filter(path => path.startsWith('src/'))) {
    must(projects.has(`${path}/${path.slice('src/'.length)}.csproj`), '.dockerignore', `lets in ${path} for nothing`);
  }
}

function projectsOf(project, found = new Set()) {
  if (!found.has(project)) {
    found.add(project);
    for (const match of read(project).matchAll(/<ProjectReference Include="([^"]+)"/g)) {
      projectsOf(join(dirname(project), match[1]), found);
    }
  }

  return found;
}

function checkCompose() {
  const file = 'deploy/compose.yaml';
  const compose = parse(read(file), { merge: true });
  const addresses = [];
  for (const [name, service] of Object.entries(compose.services)) {
    const where = `${file}: ${name}`;
    checkImage(where, service.image);
    checkVariables(where, Object.keys(service.environment ?? {}));
    must(service.security_opt?.includes('no-new-privileges:true'), where, 'may gain privileges');
    for (const port of service.ports ?? []) {
      must(String(port).startsWith('127.0.0.1:'), where, `publishes ${port} to other machines`);
    }

    for (const volume of service.volumes ?? []) {
      const source = String(volume).split(':')[0];
      must(source.startsWith('.') ? existsSync(join(root, 'deploy', source)) : source in compose.volumes,
        where, `mounts ${source}, which is not there`);
    }

    for (const network of Array.isArray(service.networks) ? service.networks : Object.keys(service.networks)) {
      must(network in compose.networks, where, `joins ${network}, which is not there`);
    }

    for (const secret of service.secrets ?? []) {
      must(secret in compose.secrets, where, `is given ${secret}, which is not there`);
    }

    if (service.environment?.LEGPAIN_SILOADDRESS) {
      must(service.environment.LEGPAIN_SILOADDRESS === service.networks.cluster.ipv4_address, where,
        'tells the others another address than it has');
      must(service.read_only && same(service.cap_drop, ['ALL']), where, 'is not locked up');
      addresses.push(service.environment.LEGPAIN_SILOADDRESS);
    }
  }

  // What watches calls the services by their names.
  const scraped = parse(read('deploy/prometheus/prometheus.yml')).scrape_configs
    .flatMap(job => job.static_configs.flatMap(targets => targets.targets)).map(target => ['prometheus.yml', target]);
  const shown = parse(read('deploy/grafana/provisioning/datasources/datasources.yaml')).datasources
    .map(source => ['datasources.yaml', source.url.replace('http://', '')]);
  const sent = Object.values(parse(read('deploy/otel-collector.yaml')).exporters)
    .flatMap(exporter => exporter?.endpoint ? [['otel-collector.yaml', exporter.endpoint]] : []);
  for (const [from, address] of [...scraped, ...shown, ...sent]) {
    must(address.split(':')[0] in compose.services, from, `asks ${address}, which compose.yaml does not have`);
  }

  must(new Set(addresses).size === 3, file, 'has not three nodes with addresses of their own');
}

function checkManifests() {
  const folder = 'deploy/kubernetes';
  const manifests = [];
  for (const name of readdirSync(join(root, folder)).filter(name => name !== 'kustomization.yaml')) {
    for (const document of parseAllDocuments(read(`${folder}/${name}`), { version: '1.1' })) {
      faults.push(...document.errors.map(error => `${folder}/${name}: ${error.message}`));
      manifests.push({ where: `${folder}/${name}`, manifest: document.toJS() });
    }
  }

  const kustomization = parse(read(`${folder}/kustomization.yaml`));
  const files = [...new Set(manifests.map(entry => entry.where.slice(folder.length + 1)))];
  must(same([...kustomization.resources].sort(), files.sort()), `${folder}/kustomization.yaml`,
    'names other files than there are');
  checkTypes(manifests);
  checkPods(manifests);
}

/** Compiles the manifests as values of the API's types: unknown, missing and mistyped fields do not compile. */
function checkTypes(manifests) {
  const lines = manifests.flatMap(({ where, manifest }, index) => [
    `// ${where}`,
    `import type { I${manifest.kind} as Type${index} } from 'kubernetes-models/${manifest.apiVersion}';`,
    `export const manifest${index}: Type${index} = ${JSON.stringify(manifest, null, 2)};`,
  ]).join('\n').split('\n');
  writeFileSync(join(tools, 'manifests.ts'), lines.join('\n'));
  const compiled = spawnSync(process.execPath, [
    join(tools, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--pretty', 'false',
    '--target', 'es2022', '--module', 'nodenext', join(tools, 'manifests.ts'),
  ], { cwd: tools, encoding: 'utf8' });
  const errors = compiled.stdout.split('\n').filter(line => line.includes('error TS'));
  must(compiled.status === 0 || errors.length > 0, 'deploy/lint', `the compiler failed: ${compiled.stdout}`);
  for (const error of errors) {
    const at = Number(/\((\d+),/.exec(error)?.[1] ?? 1) - 1;
    const where = lines.slice(0, at).findLast(line => line.startsWith('// '))?.slice('// '.length);
    faults.push(`${where}: ${lines[at].trim()} ${error.slice(error.indexOf('error TS'))}`);
  }
}

function checkPods(manifests) {
  const budget = manifests.find(entry => entry.manifest.kind === 'PodDisruptionBudget');
  for (const { where, manifest } of manifests) {
    must(manifest.kind !== 'Secret', where, 'a secret is not kept in files of a repository');
    const pod = manifest.spec?.template?.spec;
    if (!pod) {
      continue;
    }

    const { replicas, selector, template } = manifest.spec;
    const labels = JSON.stringify(template.metadata.labels);
    must(same(selector.matchLabels, template.metadata.labels), where, 'selects other pods than it makes');
    must(same(budget?.manifest.spec.selector.matchLabels, template.metadata.labels)
      && budget?.manifest.spec.minAvailable === replicas - 1, where, 'its budget is not all but one of its pods');
    must(pod.automountServiceAccountToken === false, where, 'is given a token');
    must(pod.enableServiceLinks === false, where, 'is given variables of services');
    must(pod.securityContext?.runAsNonRoot && pod.securityContext?.runAsUser > 0
      && pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', where, 'is not restricted');
    must(pod.topologySpreadConstraints?.every(spread => JSON.stringify(spread.labelSelector.matchLabels) === labels),
      where, 'is not spread over machines');
    for (const container of pod.containers) {
      checkContainer(`${where}: ${container.name}`, container, pod);
    }

    checkPorts(manifests, pod.containers.flatMap(container => container.ports), template.metadata.labels);
  }
}

function checkContainer(where, container, pod) {
  const { requests, limits } = container.resources ?? {};
  const variables = Object.fromEntries(container.env.map(variable => [variable.name, variable.value]));
  checkImage(where, container.image);
  checkVariables(where, Object.keys(variables));
  must(container.startupProbe && container.livenessProbe && container.readinessProbe, where, 'lacks a probe');
  must(requests?.cpu && requests?.memory && limits?.memory, where, 'does not say what it needs');
  must(!limits?.cpu, where, 'has a limit of CPU, so the others take it for dead when it is held back');
  must(container.securityContext?.allowPrivilegeEscalation === false && container.securityContext?.readOnlyRootFilesystem
    && same(container.securityContext?.capabilities?.drop, ['ALL']), where, 'is not restricted');
  const volumes = pod.volumes.map(volume => volume.name);
  must(container.volumeMounts.every(mount => volumes.includes(mount.name)), where, 'mounts what is not there');
  const key = variables.LEGPAIN_PATIENTKEYFILE ?? '';
  must(container.volumeMounts.some(mount => key.startsWith(`${mount.mountPath}/`)), where, `cannot read ${key}`);
  const [hours, minutes, seconds] = (variables.LEGPAIN_DRAINDELAY ?? '00:00:02').split(':').map(Number);
  const drain = hours * 3600 + minutes * 60 + seconds;
  must(pod.terminationGracePeriodSeconds > drain + 7, where, 'is killed before it has stopped in order');
  const probed = container.readinessProbe?.grpc?.port;
  must(variables.LEGPAIN_LISTEN?.endsWith(`:${probed}`), where, `is asked at ${probed}, where it does not listen`);
}

/** Services and rules name ports that the pods have. */
function checkPorts(manifests, ports, labels) {
  for (const { where, manifest } of manifests) {
    const targets = manifest.kind === 'Service' ? manifest.spec.ports.map(port => port.targetPort) : [];
    const rules = manifest.kind === 'NetworkPolicy' && same(manifest.spec.podSelector.matchLabels, labels)
      ? manifest.spec.ingress.flatMap(rule => rule.ports.map(port => port.port))
      : [];
    for (const port of [...targets, ...rules]) {
      must(ports.some(known => known.name === port || known.containerPort === port), where, `${port} is no port of a pod`);
    }
  }
}

function checkOtherYaml() {
  for (const file of readdirSync(join(root, 'deploy'), { recursive: true }).filter(file => /\.ya?ml$/.test(file))) {
    for (const document of parseAllDocuments(read(join('deploy', file)), { merge: true })) {
      faults.push(...document.errors.map(error => `deploy/${file}: ${error.message}`));
    }
  }
}

checkOtherYaml();
checkReadme();
checkDockerfile();
checkCompose();
checkManifests();
for (const fault of new Set(faults)) {
  console.error(fault);
}

process.exit(faults.length > 0 ? 1 : 0);
