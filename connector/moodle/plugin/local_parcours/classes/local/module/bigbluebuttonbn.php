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
 * A BigBlueButton room.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bigbluebuttonbn extends base {
    /** @var string[] roles whose holders open and lead the meeting */
    private const MODERATORS = ['editingteacher', 'teacher'];

    /** @var string[] the module's own completion rules, which a document does not know */
    private const OWN_RULES = [
        'completionattendance', 'completionengagementchats', 'completionengagementtalks', 'completionengagementraisehand',
        'completionengagementpollvotes', 'completionengagementemojis',
    ];

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['open', 'close', 'separate_groups']);
        return [
            'open' => $node->get('open', 0)->instant(),
            'close' => $node->get('close', 0)->instant(),
            'separate_groups' => $node->get('separate_groups', false)->boolean(),
        ];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        global $DB;
        $groupmode = $DB->get_field('course_modules', 'groupmode', ['id' => $item->cmid], MUST_EXIST);
        return [
            'open' => (int) $instance->openingtime,
            'close' => (int) $instance->closingtime,
            'separate_groups' => (int) $groupmode === SEPARATEGROUPS,
        ];
    }

    /**
     * Gives a new room what the document does not speak of: participants wait for a trainer, nothing is recorded.
     *
     * @param \stdClass $form
     */
    #[\Override]
    public function prepare_new(\stdClass $form): void {
        $form->type = 0;
        $form->grade = 0;
        $form->wait = 1;
        $form->participants = json_encode([
            ['selectiontype' => 'all', 'selectionid' => 'all', 'role' => 'viewer'],
            ...array_map(
                fn($role) => ['selectiontype' => 'role', 'selectionid' => (string) $role, 'role' => 'moderator'],
                $this->moderators(),
            ),
        ]);
    }

    /**
     * Ids of the roles whose holders lead the meeting.
     *
     * @return int[]
     */
    private function moderators(): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal(self::MODERATORS);
        return array_map('intval', $DB->get_fieldset_select('role', 'id', "shortname $in ORDER BY id", $params));
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        // The presentation is the name of its file in the record, and a draft area in the form.
        $draft = 0;
        $context = \context_module::instance($form->coursemodule);
        file_prepare_draft_area($draft, $context->id, 'mod_bigbluebuttonbn', 'presentation', 0);
        $form->presentation = $draft;
        // Without the field that Moodle's form shows, every update would give guests another address.
        $form->guestjoinurl = $form->guestlinkuid;
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->openingtime = $settings['open'];
        $form->closingtime = $settings['close'];
        $form->groupmode = $settings['separate_groups'] ? SEPARATEGROUPS : NOGROUPS;
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        foreach (self::OWN_RULES as $rule) {
            $form->$rule = 0;
        }
    }

    /**
     * Takes away the event that the module makes at its opening time: each slot has one, which the document gives.
     *
     * @param \stdClass $cm course module record, with its instance
     * @param array $settings
     * @param array|null $observed what there is, null for a new activity
     * @param \stdClass $item the activity's record in this plugin, to be completed
     * @param string $path JSON path of the settings
     */
    #[\Override]
    public function save_content(\stdClass $cm, array $settings, ?array $observed, \stdClass $item, string $path): void {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/calendar/lib.php');
        $opening = [
            'modulename' => 'bigbluebuttonbn',
            'instance' => $cm->instance,
            'eventtype' => \mod_bigbluebuttonbn\logger::EVENT_MEETING_START,
        ];
        foreach ($DB->get_records('event', $opening) as $event) {
            \calendar_event::load($event)->delete();
        }
    }
}
