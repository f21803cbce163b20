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
use local_parcours\local\module\registry;
use local_parcours\local\refusal;

/**
 * Reads the activities of a publication.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class activity_reader {
    /** @var string[] rules of automatic completion that are yes or no */
    private const FLAGS = ['view', 'submit', 'passgrade'];

    /** @var string[] fields that can be left as they are on the site, beside each of the settings */
    private const LEAVABLE = [
        'section', 'name', 'intro', 'files', 'showdescription', 'visible', 'completion', 'availability', 'expected',
    ];

    /** @var string[] JSON path of each activity, by idnumber */
    private array $paths = [];

    /**
     * Makes a reader.
     *
     * @param string $code the session's code, with which every idnumber begins
     */
    public function __construct(
        /** @var string the session's code */
        private readonly string $code,
    ) {
    }

    /**
     * JSON path of each activity that was read, by idnumber.
     *
     * @return string[]
     */
    public function paths(): array {
        return $this->paths;
    }

    /**
     * Reads all activities, and puts each one after those that it waits for.
     *
     * @param node $list
     * @return array[] by idnumber
     */
    public function read_all(node $list): array {
        $items = $list->items($this->read(...), fn(array $activity) => $activity['idnumber']);
        $activities = array_combine(array_column($items, 'idnumber'), $items);
        $sorted = [];
        foreach (array_keys($activities) as $idnumber) {
            $this->put($idnumber, $activities, $sorted, []);
        }
        return $sorted;
    }

    /**
     * Puts an activity in the sorted list, after its prerequisites.
     *
     * @param string $idnumber
     * @param array[] $activities all of them
     * @param array[] $sorted those that are in place
     * @param bool[] $waiting those that wait for this one
     */
    private function put(string $idnumber, array $activities, array &$sorted, array $waiting): void {
        if (isset($sorted[$idnumber]) || !isset($activities[$idnumber])) {
            return;
        }
        if (isset($waiting[$idnumber])) {
            throw new \local_parcours\local\invalid_document("{$this->paths[$idnumber]}.availability.completed", 'problemcircle');
        }
        foreach ($activities[$idnumber]['availability']['completed'] as $prerequisite) {
            $this->put($prerequisite, $activities, $sorted, $waiting + [$idnumber => true]);
        }
        $sorted[$idnumber] = $activities[$idnumber];
    }

    /**
     * Reads an activity.
     *
     * @param node $node
     * @return array
     */
    private function read(node $node): array {
        $node->object(
            ['idnumber', 'section', 'module', 'name'],
            [
                'intro', 'files', 'showdescription', 'visible', 'completion', 'availability', 'expected', 'settings', 'leave',
                'replaces',
            ],
        );
        $idnumber = $node->get('idnumber')->key(100, "{$this->code}/");
        $this->paths[$idnumber] = $node->path;
        $type = registry::find($node->get('module')->line());
        if ($type === null) {
            throw new refusal('unknownmodule', "{$node->path}.module", $node->get('module')->line());
        }
        $settings = $type->read_settings($node->get('settings', new \stdClass()));
        $completion = $this->completion($node->get('completion', (object) ['tracking' => 'none']), $type->rules());
        if ($completion['passgrade'] && empty($settings['grade_pass'])) {
            throw $node->get('completion')->get('passgrade')->wrong('problempass');
        }
        return [
            'idnumber' => $idnumber,
            'section' => $node->get('section')->key(),
            'module' => $type->name(),
            'name' => $node->get('name')->line(),
            'intro' => $node->get('intro', '')->text(),
            'files' => files::read($node, array_keys($type->areas(null))),
            'showdescription' => $node->get('showdescription', false)->boolean(),
            'visible' => $node->get('visible', true)->boolean(),
            'completion' => $completion,
            'availability' => $this->availability($node->get('availability', new \stdClass())),
            'expected' => $node->get('expected', 0)->instant(),
            'settings' => $settings,
            'leave' => $this->leave($node->get('leave', []), array_keys($settings)),
            'replaces' => $node->has('replaces') ? $node->get('replaces')->line() : null,
        ];
    }

    /**
     * Reads which fields are to stay as they are on the site.
     *
     * @param node $node
     * @param string[] $settings keys of the type's settings
     * @return string[]
     */
    private function leave(node $node, array $settings): array {
        $fields = array_merge(self::LEAVABLE, array_map(fn(string $key) => "settings.{$key}", $settings));
        return $node->items(fn(node $n) => $n->choice($fields), fn(string $name) => $name);
    }

    /**
     * Reads the completion of an activity.
     *
     * @param node $node
     * @param string[] $rules the rules that the module knows
     * @return array
     */
    private function completion(node $node, array $rules): array {
        $node->object(['tracking'], ['posts', 'locked', ...self::FLAGS]);
        $completion = ['tracking' => $node->get('tracking')->choice(['none', 'manual', 'automatic'])];
        foreach (self::FLAGS as $flag) {
            $completion[$flag] = $node->get($flag, false)->boolean();
        }
        $completion['posts'] = $node->get('posts', 0)->number(0, 1000);
        $asked = array_keys(array_filter(array_diff_key($completion, ['tracking' => true])));
        $allowed = $completion['tracking'] === 'automatic' ? $rules : [];
        foreach (array_diff($asked, $allowed) as $rule) {
            throw $node->get($rule)->wrong('problemrule', $rule);
        }
        if ($completion['tracking'] === 'automatic' && !$asked) {
            throw $node->wrong('problemautomatic');
        }
        $completion['locked'] = $node->get('locked', false)->boolean();
        if ($completion['locked'] && $completion['tracking'] !== 'manual') {
            throw $node->get('locked')->wrong('problemrule', 'locked');
        }
        return $completion;
    }

    /**
     * Reads the restrictions of an activity.
     *
     * @param node $node
     * @return array
     */
    private function availability(node $node): array {
        $node->object([], ['completed', 'groups', 'from', 'until']);
        $same = fn(string $name) => $name;
        return [
            'completed' => $node->get('completed', [])->items(fn(node $n) => $n->key(), $same),
            'groups' => $node->get('groups', [])->items(fn(node $n) => $n->line(254), $same),
            'from' => $node->get('from', 0)->instant(),
            'until' => $node->get('until', 0)->instant(),
        ];
    }
}
