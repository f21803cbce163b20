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

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * A poll with one question.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class choice extends base {
    /** Options that a poll can reasonably have. */
    private const MAX_OPTIONS = 100;

    #[\Override]
    public function rules(): array {
        return ['view', 'submit'];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object(['options']);
        $options = $node->get('options')->items(fn(node $n) => $n->line(), fn($option) => $option);
        if (!$options || count($options) > self::MAX_OPTIONS) {
            throw $node->get('options')->wrong('problemrange', (object) ['min' => 1, 'max' => self::MAX_OPTIONS]);
        }
        return ['options' => $options];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        return ['options' => array_values($this->options($instance->id))];
    }

    #[\Override]
    public function observe_rules(\stdClass $instance): array {
        return ['submit' => (bool) $instance->completionsubmit];
    }

    #[\Override]
    public function held(\stdClass $instance): array {
        global $DB;
        return $DB->record_exists('choice_answers', ['choiceid' => $instance->id]) ? ['options' => 'hasanswers'] : [];
    }

    #[\Override]
    public function keep(array $settings, array $observed, \stdClass $instance): array {
        $beginning = array_slice($settings['options'], 0, count($observed['options']));
        $held = $this->held($instance);
        return $beginning === $observed['options'] || !$held ? [$settings, []] : [$observed, $held];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/choice/lib.php');
        $form->publish = CHOICE_PUBLISH_ANONYMOUS;
        $form->showresults = CHOICE_SHOWRESULTS_AFTER_ANSWER;
        $form->display = CHOICE_DISPLAY_VERTICAL;
        $form->allowupdate = 1;
        $form->timeopen = 0;
        $form->timeclose = 0;
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        global $DB;
        $form->optionid = array_keys($this->options($form->instance));
        $form->limit = array_values(
            $DB->get_records_menu('choice_options', ['choiceid' => $form->instance], 'id', 'id, maxanswers')
        );
    }

    /**
     * Writes the options into the form; Moodle takes an existing option without text as one to remove.
     *
     * @param \stdClass $form
     * @param array $settings
     */
    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->option = array_pad($settings['options'], count($form->optionid ?? []), '');
        $form->limit = array_pad($form->limit ?? [], count($form->option), 0);
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        $form->completionsubmit = (int) $completion['submit'];
    }

    /**
     * The options of a poll, in order.
     *
     * @param int $choiceid
     * @return string[] by id
     */
    private function options(int $choiceid): array {
        global $DB;
        return $DB->get_records_menu('choice_options', ['choiceid' => $choiceid], 'id', 'id, text');
    }
}
