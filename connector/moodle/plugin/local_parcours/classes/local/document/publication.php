<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\document;

use local_parcours\local\files;

/**
 * A publication document, read and completed with its defaults; a part that it leaves out is null.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class publication {
    /** @var string name and version of the format */
    public const FORMAT = 'parcours-publication/1';

    /** @var string the session's code */
    public readonly string $code;

    /** @var array[]|null categories, outermost first: idnumber, name */
    public readonly ?array $categories;

    /** @var array|null the course's settings that the document gives */
    public readonly ?array $course;

    /** @var array[]|null sections in order: id, name, summary */
    public readonly ?array $sections;

    /** @var array[]|null activities by idnumber, prerequisites first */
    public readonly ?array $activities;

    /** @var array JSON path of each activity, by idnumber */
    public readonly array $paths;

    /** @var string[]|null idnumbers in order */
    public readonly ?array $order;

    /** @var array[]|null groups: idnumber, name */
    public readonly ?array $groups;

    /** @var array[]|null enrolments: email, role, groups */
    public readonly ?array $enrolments;

    /** @var array[]|null events: uuid, name, description, start, minutes, location, group */
    public readonly ?array $events;

    /** @var \stdClass|null snapshot of the session */
    public readonly ?\stdClass $snapshot;

    /** @var string|null fingerprint of what was observed before, empty for nothing; null to publish whatever is there */
    public readonly ?string $basis;

    /** @var \stdClass|null what the publisher wants to be there, as fingerprints */
    public readonly ?\stdClass $prints;

    /** @var bool|null whether the session is closed */
    public readonly ?bool $archived;

    /** @var bool|null whether the session is in preparation: published, and not open yet */
    public readonly ?bool $prepared;

    /** @var int[] completions that may be wiped, by idnumber */
    public readonly array $unlock;

    /** @var int|null draft area of the caller that holds the contents of new files */
    public readonly ?int $draft;

    /**
     * Reads a document.
     *
     * @param string $json
     */
    public function __construct(string $json) {
        $root = node::parse($json)->object(
            ['format', 'code'],
            [
                'categories', 'course', 'sections', 'activities', 'order', 'groups', 'enrolments', 'events', 'snapshot',
                'basis', 'prints', 'archived', 'prepared', 'unlock', 'draft',
            ],
        );
        $root->get('format')->choice([self::FORMAT]);
        $this->code = $root->get('code')->key(80);
        $this->categories = $this->part($root, 'categories', fn(node $n) => $n->items($this->named(...), $this->idnumber(...)));
        $this->course = $this->part($root, 'course', $this->read_course(...));
        $this->sections = $this->part($root, 'sections', fn(node $n) => $n->items($this->section(...), fn($s) => $s['id']));
        $reader = new activity_reader($this->code);
        $this->activities = $this->part($root, 'activities', $reader->read_all(...));
        $this->paths = $reader->paths();
        $this->order = $this->part($root, 'order', fn(node $n) => $n->items(fn(node $i) => $i->key(), fn($id) => $id));
        $this->groups = $this->part($root, 'groups', $this->read_groups(...));
        $this->enrolments = $this->part($root, 'enrolments', fn(node $n) => $n->items($this->enrolment(...), $this->place(...)));
        $this->events = $this->part($root, 'events', fn(node $n) => $n->items($this->event(...), fn($e) => $e['uuid']));
        $this->snapshot = $this->part($root, 'snapshot', $this->object(...));
        $this->basis = $this->part($root, 'basis', fn(node $n) => $n->text());
        $this->prints = $this->part($root, 'prints', $this->object(...));
        $this->archived = $this->part($root, 'archived', fn(node $n) => $n->boolean());
        $this->prepared = $this->part($root, 'prepared', fn(node $n) => $n->boolean());
        $unlock = $root->get('unlock', [])->items($this->read_unlock(...), $this->idnumber(...));
        $this->unlock = array_column($unlock, 'completions', 'idnumber');
        $this->draft = $this->part($root, 'draft', fn(node $n) => $n->number(1, PHP_INT_MAX));
    }

    /**
     * Reads a top-level part, when it is there.
     *
     * @param node $root
     * @param string $key
     * @param callable $read
     * @return mixed
     */
    private function part(node $root, string $key, callable $read): mixed {
        return $root->has($key) ? $read($root->get($key)) : null;
    }

    /**
     * Reads something that has an idnumber and a name.
     *
     * @param node $node
     * @param string $prefix
     * @return array
     */
    private function named(node $node, string $prefix = ''): array {
        $node->object(['idnumber', 'name']);
        return ['idnumber' => $node->get('idnumber')->key(100, $prefix), 'name' => $node->get('name')->line(254)];
    }

    /**
     * The idnumber of what was read.
     *
     * @param array $item
     * @return string
     */
    private function idnumber(array $item): string {
        return $item['idnumber'];
    }

    /**
     * Reads the groups: both their idnumbers and their names are different.
     *
     * @param node $node
     * @return array[]
     */
    private function read_groups(node $node): array {
        $groups = $node->items(fn(node $n) => $this->named($n, "{$this->code}/"), $this->idnumber(...));
        $node->items(fn(node $n) => $n->get('name')->line(254), fn($name) => $name);
        return $groups;
    }

    /**
     * Reads the course's settings.
     *
     * @param node $node
     * @return array
     */
    private function read_course(node $node): array {
        $readers = [
            'shortname' => fn(node $n) => $n->line(100),
            'fullname' => fn(node $n) => $n->line(254),
            'summary' => fn(node $n) => $n->text(),
            'startdate' => fn(node $n) => $n->instant(),
            'enddate' => fn(node $n) => $n->instant(),
            'visible' => fn(node $n) => $n->boolean(),
            'files' => fn(node $n) => files::read($node, ['summary']),
        ];
        $node->object([], array_keys($readers));
        $course = [];
        foreach ($readers as $key => $read) {
            if ($node->has($key)) {
                $course[$key] = $read($node->get($key));
            }
        }
        if (($course['enddate'] ?? 0) && isset($course['startdate']) && $course['enddate'] < $course['startdate']) {
            throw $node->get('enddate')->wrong('problemrange', (object) ['min' => $course['startdate'], 'max' => '…']);
        }
        return $course;
    }

    /**
     * Reads a section.
     *
     * @param node $node
     * @return array
     */
    private function section(node $node): array {
        $node->object(['id', 'name'], ['summary', 'files']);
        return [
            'id' => $node->get('id')->key(),
            'name' => $node->get('name')->line(),
            'summary' => $node->get('summary', '')->text(),
            'files' => files::read($node, ['summary']),
            'path' => $node->path,
        ];
    }

    /**
     * Reads which completions may be wiped.
     *
     * @param node $node
     * @return array
     */
    private function read_unlock(node $node): array {
        $node->object(['idnumber', 'completions']);
        return [
            'idnumber' => $node->get('idnumber')->key(100, "{$this->code}/"),
            'completions' => $node->get('completions')->number(0, PHP_INT_MAX),
        ];
    }

    /**
     * Reads an enrolment.
     *
     * @param node $node
     * @return array
     */
    private function enrolment(node $node): array {
        $node->object(['email', 'role'], ['groups']);
        return [
            'email' => $node->get('email')->line(100),
            'role' => $node->get('role')->choice(['student', 'teacher', 'editingteacher']),
            'groups' => $node->get('groups', [])->items(fn(node $n) => $n->line(254), fn($name) => $name),
            'path' => $node->path,
        ];
    }

    /**
     * What makes an enrolment unique: the person and the role.
     *
     * @param array $enrolment
     * @return string
     */
    private function place(array $enrolment): string {
        return \core_text::strtolower($enrolment['email']) . ' ' . $enrolment['role'];
    }

    /**
     * Reads an event.
     *
     * @param node $node
     * @return array
     */
    private function event(node $node): array {
        $node->object(['uuid', 'name', 'start', 'minutes'], ['description', 'location', 'group']);
        $group = $node->get('group');
        return [
            'uuid' => $node->get('uuid')->key(),
            'name' => $node->get('name')->line(),
            'description' => $node->get('description', '')->text(),
            'start' => $node->get('start')->instant(),
            'minutes' => $node->get('minutes')->number(0, 60 * 24 * 366),
            'location' => trim($node->get('location', '')->text()),
            'group' => $group->is_null() ? null : $group->line(254),
            'path' => $node->path,
        ];
    }

    /**
     * Reads an object of which only the kind matters.
     *
     * @param node $node
     * @return \stdClass
     */
    private function object(node $node): \stdClass {
        if (!$node->raw() instanceof \stdClass) {
            throw $node->wrong('problemtype', '{}');
        }
        return $node->raw();
    }
}
