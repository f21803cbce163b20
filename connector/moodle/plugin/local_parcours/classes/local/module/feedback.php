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
 * A questionnaire.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class feedback extends base {
    /** @var string[] Moodle's item type for each of ours */
    private const TYPES = ['text' => 'textarea', 'choice' => 'multichoice', 'scale' => 'multichoicerated'];

    /** What separates the answers of a question, as mod_feedback stores them. */
    private const LINE = '|';

    /** What separates a value from its answer. */
    private const VALUE = '####';

    /** A question whose answers are radio buttons, side by side. */
    private const RADIO = ['r>>>>>', '<<<<<1'];

    /** Width and height of a text question. */
    private const AREA = '40|5';

    #[\Override]
    public function rules(): array {
        return ['view', 'submit'];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['items', 'anonymous']);
        return [
            'items' => $node->get('items', [])->items($this->read_item(...)),
            'anonymous' => $node->get('anonymous', false)->boolean(),
        ];
    }

    /**
     * Reads a question.
     *
     * @param node $node
     * @return array
     */
    private function read_item(node $node): array {
        $node->object(['name', 'type'], ['options']);
        $type = $node->get('type')->choice(array_keys(self::TYPES));
        $options = $node->get('options', [])->items($this->read_option(...), fn($option) => $option);
        if (($type === 'text') !== !$options || count($options) === 1) {
            $bound = $type === 'text' ? ['min' => 0, 'max' => 0] : ['min' => 2, 'max' => '…'];
            throw $node->get('options')->wrong('problemrange', (object) $bound);
        }
        return ['name' => $node->get('name')->line(), 'type' => $type, 'options' => $options];
    }

    /**
     * Reads an answer, which may hold nothing that mod_feedback takes for its own separators.
     *
     * @param node $node
     * @return string
     */
    private function read_option(node $node): string {
        $option = $node->line();
        foreach ([self::LINE, self::VALUE, '>>>>>', '<<<<<'] as $separator) {
            if (str_contains($option, $separator)) {
                throw $node->wrong('problemoption', $separator);
            }
        }
        return $option;
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/mod/feedback/lib.php');
        $items = $DB->get_records('feedback_item', ['feedback' => $instance->id], 'position, id');
        return [
            'items' => array_map($this->observe_item(...), array_values($items)),
            'anonymous' => (int) $instance->anonymous === FEEDBACK_ANONYMOUS_YES,
        ];
    }

    /**
     * Reads a question back; one that a document cannot say keeps Moodle's name of its type.
     *
     * @param \stdClass $item
     * @return array
     */
    private function observe_item(\stdClass $item): array {
        $type = array_search($item->typ, self::TYPES) ?: $item->typ;
        $options = [];
        if ($type === 'choice' || $type === 'scale') {
            $lines = preg_replace('/^.>>>>>|<<<<<1$/', '', $item->presentation);
            $options = array_map('trim', explode(self::LINE, $lines));
        }
        if ($type === 'scale') {
            $options = preg_replace('/^\d+' . self::VALUE . '/', '', $options);
        }
        return ['name' => $item->name, 'type' => $type, 'options' => $options];
    }

    #[\Override]
    public function observe_rules(\stdClass $instance): array {
        return ['submit' => (bool) $instance->completionsubmit];
    }

    #[\Override]
    public function held(\stdClass $instance): array {
        global $DB;
        return $DB->record_exists('feedback_completed', ['feedback' => $instance->id]) ? ['items' => 'hasresponses'] : [];
    }

    #[\Override]
    public function keep(array $settings, array $observed, \stdClass $instance): array {
        $held = $this->held($instance);
        if ($settings['items'] === $observed['items'] || !$held) {
            return [$settings, []];
        }
        return [['items' => $observed['items']] + $settings, $held];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        $form->multiple_submit = 0;
        $form->email_notification = 0;
        $form->autonumbering = 0;
        $form->publish_stats = 0;
        $form->timeopen = 0;
        $form->timeclose = 0;
        $form->page_after_submit = '';
        $form->page_after_submitformat = FORMAT_HTML;
        $this->prepare_existing($form);
    }

    /**
     * Without a draft area, mod_feedback leaves the text shown after submission alone.
     *
     * @param \stdClass $form
     */
    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        $form->page_after_submit_editor = ['text' => '', 'format' => FORMAT_HTML, 'itemid' => 0];
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/feedback/lib.php');
        $form->anonymous = $settings['anonymous'] ? FEEDBACK_ANONYMOUS_YES : FEEDBACK_ANONYMOUS_NO;
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        $form->completionsubmit = (int) $completion['submit'];
    }

    #[\Override]
    public function save_content(\stdClass $cm, array $settings, ?array $observed, \stdClass $item, string $path): void {
        global $CFG, $DB;
        if ($settings['items'] === ($observed['items'] ?? [])) {
            return;
        }
        require_once($CFG->dirroot . '/mod/feedback/lib.php');
        foreach ($DB->get_fieldset_select('feedback_item', 'id', 'feedback = ?', [$cm->instance]) as $old) {
            feedback_delete_item($old, false);
        }
        foreach ($settings['items'] as $index => $wanted) {
            $DB->insert_record('feedback_item', (object) [
                'feedback' => $cm->instance,
                'name' => $wanted['name'],
                'label' => '',
                'presentation' => $this->presentation($wanted),
                'typ' => self::TYPES[$wanted['type']],
                'hasvalue' => 1,
                'position' => $index + 1,
                'dependvalue' => '',
                'options' => '',
            ]);
        }
    }

    /**
     * Writes a question's answers the way mod_feedback stores them; those of a scale count 1, 2, 3….
     *
     * @param array $item
     * @return string
     */
    private function presentation(array $item): string {
        if ($item['type'] === 'text') {
            return self::AREA;
        }
        $lines = $item['options'];
        if ($item['type'] === 'scale') {
            $lines = array_map(fn($rank, $line) => ($rank + 1) . self::VALUE . $line, array_keys($lines), $lines);
        }
        return self::RADIO[0] . implode(self::LINE, $lines) . self::RADIO[1];
    }
}
